-- A link from the chat opens the app itself in any browser, besides the manager's page.
alter table login_links add column kind text not null default 'manager'
  check (kind in ('manager', 'miniapp'));

-- 'browser': a browser in which the app was opened by a link; the short sessions it gets name it.
alter table sessions add column parent_id uuid;
alter table sessions drop constraint sessions_kind_check;
alter table sessions add constraint sessions_kind_check
  check (kind in ('miniapp', 'manager', 'browser')) not valid;
create index sessions_by_login on sessions (user_id) where kind in ('manager', 'browser');
