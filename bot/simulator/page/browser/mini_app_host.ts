/** What an app can change around itself. */
export type MiniAppHost = {
  readonly frame: HTMLIFrameElement;
  readonly isFromKeyboard: boolean;
  close(): void;
  setBack(isShown: boolean): void;
  setSettings(isShown: boolean): void;
  setClosingConfirmation(isNeeded: boolean): void;
  setHeaderColour(colour: string): void;
  setBackground(colour: string): void;
  setButton(which: "main" | "secondary", button: BottomButton): void;
  sendData(data: string): Promise<void>;
};

export type BottomButton = {
  isVisible: boolean;
  isActive: boolean;
  isBusy: boolean;
  text: string;
  colour: string;
  textColour: string;
};
