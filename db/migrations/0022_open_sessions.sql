-- The one rule of which session opens a door, with the person it opens it for. `ends_at`: a session of the app
-- in a browser ends with the browser's own.
create view open_sessions with (security_invoker = true) as
  select
    sessions.token_hash, sessions.id, sessions.company_id, sessions.user_id, sessions.kind,
    sessions.expires_at, least(sessions.expires_at, browser.expires_at) as ends_at,
    memberships.role, users.name, telegram_users.telegram_id
  from sessions
  join memberships
    on memberships.company_id = sessions.company_id
    and memberships.user_id = sessions.user_id
    and memberships.removed_at is null
  join users on users.user_id = sessions.user_id
  left join telegram_users on telegram_users.user_id = sessions.user_id
  left join sessions as browser on browser.id = sessions.parent_id
  where sessions.revoked_at is null and browser.revoked_at is null
    and (sessions.parent_id is null or browser.id is not null);
revoke all on open_sessions from smetka_app;
