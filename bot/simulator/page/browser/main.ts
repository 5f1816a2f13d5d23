import { connect } from "./model.ts";
import { openStage } from "./stage.ts";
import { restoreTheme } from "./theme.ts";

restoreTheme();
openStage(document.body, await connect());
