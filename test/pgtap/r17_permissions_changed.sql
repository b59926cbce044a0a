-- A token whose scopes are no longer grantable to its owner (R17).
\set file r17_permissions_changed
\ir include/fixture.sql
SELECT no_plan();

SELECT is(acting.create_token('both', 'acme/alice', 'erp', '{invoice_reader,invoice_writer}'), 'created', 'R17: a token with two scopes');
SELECT is(acting.create_token('reader', 'acme/alice', 'erp', '{invoice_reader}'), 'created', 'R17: one with the scope that stays');

-- Each way to lose one scope of two, and to have it back. Who acts is somebody whom the rules let.
CREATE TABLE way (step serial, name text, who text, change text, undo text, detail text);
INSERT INTO way (name, who, change, undo, detail) VALUES
    ('the role is no longer available', 'acme/olga',
        $$SELECT pat_auth.pat_set_role_available('erp', 'invoice_writer', false)$$,
        $$SELECT pat_auth.pat_set_role_available('erp', 'invoice_writer', true)$$,
        '%"invoice_writer" is no longer available%'),
    ('the membership is taken away', 'acme/ugo',
        $$DELETE FROM pat_auth.user_group_member WHERE user_group = 'writers' AND user_name = 'alice'$$,
        $$INSERT INTO pat_auth.user_group_member (tenant, user_group, user_name) VALUES ('acme', 'writers', 'alice')$$,
        '%no longer has role "invoice_writer"%'),
    ('the membership has ended', 'acme/ugo',
        $$UPDATE pat_auth.user_group_member SET ends_on = acting.day(-1) WHERE user_group = 'writers' AND user_name = 'alice'$$,
        $$UPDATE pat_auth.user_group_member SET ends_on = acting.day() WHERE user_group = 'writers' AND user_name = 'alice'$$,
        '%no longer has role "invoice_writer"%'),
    ('the membership has not begun', 'acme/ugo',
        $$UPDATE pat_auth.user_group_member SET begins_on = acting.day(1), ends_on = NULL WHERE user_group = 'writers' AND user_name = 'alice'$$,
        $$UPDATE pat_auth.user_group_member SET begins_on = acting.day() WHERE user_group = 'writers' AND user_name = 'alice'$$,
        '%no longer has role "invoice_writer"%'),
    ('the group loses the role', 'acme/olga',
        $$DELETE FROM pat_auth.user_group_role WHERE (tenant, user_group, application, role) = ('acme', 'writers', 'erp', 'invoice_writer')$$,
        $$INSERT INTO pat_auth.user_group_role (tenant, user_group, application, role) VALUES ('acme', 'writers', 'erp', 'invoice_writer')$$,
        '%no longer has role "invoice_writer"%'),
    ('the role is no longer allowed', 'acme/dan',
        $$SELECT pat_auth.pat_allow_role('erp', 'invoice_writer', false)$$,
        $$SELECT pat_auth.pat_allow_role('erp', 'invoice_writer', true)$$,
        '%"invoice_writer" is no longer allowed%');
SELECT statement FROM way, LATERAL (VALUES
    (1, format('SELECT is(acting.use_token(''both''), ''alice'', %L)', 'R17: works before ' || name)),
    (2, format('SELECT isnt(acting.outcome(%L, %L), ''0'', %L)', who, change, 'R17: ' || name)),
    (3, format('SELECT is(acting.use_token(''both''), ''28000'', %L)', 'R17: the whole token is inactive when ' || name)),
    (4, format('SELECT is(acting.status_of(''both'', ''acme/alice''), ''permissions_changed'', %L)', 'R17: its status when ' || name)),
    (5, format('SELECT is(acting.trial(''acme/alice'', %L), ''true'', %L)',
        format('SELECT status_detail LIKE %L FROM pat_auth.my_tokens WHERE token_id = {both}', detail), 'R17: the owner is told which scope, when ' || name)),
    (6, format('SELECT is(acting.use_token(''reader''), ''alice'', %L)', 'R17: a token without that scope works when ' || name)),
    (7, format('SELECT isnt(acting.outcome(%L, %L), ''0'', %L)', who, undo, 'R17: undone: ' || name)),
    (8, format('SELECT is(acting.use_token(''both''), %L, %L)', CASE WHEN name LIKE '%allowed' THEN '28000' ELSE 'alice' END,
        CASE WHEN name LIKE '%allowed' THEN 'R17: allowed again, it is not yet available'
            ELSE 'R17: works again by the administrator''s act, undone: ' || name END))) AS steps (number, statement)
ORDER BY step, number \gexec
SELECT is(acting.status_of('both', 'acme/alice'), 'permissions_changed', 'R17: a role must be allowed and available');

SELECT is(acting.outcome('acme/alice', $$SELECT status FROM pat_auth.pat_edit({both}, scopes => '{invoice_reader}')$$), 'active',
    'R17: the owner edits the scopes');
SELECT is(acting.use_token('both'), 'alice', 'R17: then it works again');
SELECT is(acting.trial('#both', $$SELECT pat_auth.pat_scopes('erp')$$), '{invoice_reader}', 'R17: with the scopes that are left');
SELECT acting.set_up($$SELECT pat_auth.pat_set_role_available('erp', 'invoice_writer', true)$$) \g /dev/null
SELECT is(acting.trial('#both', $$SELECT pat_auth.pat_scopes('erp')$$), '{invoice_reader}', 'R17: gaining roles changes nothing');
SELECT acting.set_up($$SELECT pat_auth.pat_set_role_available('erp', 'invoice_auditor', true)$$) \g /dev/null
SELECT acting.set_up($$SELECT pat_auth.pat_assign_role('acme', 'alice', 'erp', 'invoice_auditor')$$) \g /dev/null
SELECT is(acting.trial('#both', $$SELECT pat_auth.pat_has_scope('erp', 'invoice_auditor')$$), 'false', 'R17: nor does a new role');

-- Of several reasons the gravest is the status.
SELECT is(acting.create_token('grave', 'acme/alice', 'erp', '{invoice_auditor}'), 'created', 'R17: a token with everything wrong, by and by');
UPDATE pat_auth.token SET expires_at = now() WHERE token_id = (SELECT token_id FROM acting.kept_token WHERE name = 'grave');
SELECT is(acting.status_of('grave', 'acme/alice'), 'expired', 'R17: expired alone');
SELECT acting.set_up($$SELECT pat_auth.pat_unassign_role('acme', 'alice', 'erp', 'invoice_auditor')$$) \g /dev/null
SELECT is(acting.status_of('grave', 'acme/alice'), 'permissions_changed', 'R17: permissions_changed comes before expired');
SELECT acting.set_up($$SELECT pat_auth.pat_allow_user('acme', 'alice', false)$$) \g /dev/null
SELECT is(acting.status_of('grave', 'acme/alice'), 'blocked', 'R17: blocked comes before permissions_changed');
SELECT is(acting.outcome('acme/mia', 'SELECT pat_auth.pat_revoke({grave})'), 'true', 'R17: revoked as well');
SELECT is(acting.status_of('grave', 'acme/alice'), 'revoked', 'R17: revoked comes before blocked');

-- A role that tokens carry is withdrawn, not deleted.
SELECT is(acting.trial('acme/dan', $$DELETE FROM pat_auth.role WHERE (application, name) = ('erp', 'invoice_reader')$$), '55000',
    'R17: a role that tokens carry is not deleted under them');
\ir include/end.sql
