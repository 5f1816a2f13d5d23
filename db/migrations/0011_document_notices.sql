-- «Готовлю PDF…» is taken away when the file has come.
alter table documents add column notice_message_id bigint;
