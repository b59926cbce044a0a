-- The functions of bench/module. psql variable: module, the path of its library.

-- What a call costs that does nothing, with the arguments and the result of pat_verify.
CREATE FUNCTION bench.empty(token text, client_address inet DEFAULT NULL,
        OUT active boolean, OUT token_id bigint, OUT tenant text, OUT user_name text, OUT application text,
        OUT scopes text[], OUT expires_at timestamptz)
    LANGUAGE c VOLATILE PARALLEL SAFE AS :'module', 'pat_auth_bench_empty';

CREATE FUNCTION bench.touch_buffers() RETURNS void
    LANGUAGE c VOLATILE AS :'module', 'pat_auth_bench_touch_buffers';
CREATE FUNCTION bench.stay_on(processors integer[]) RETURNS void
    LANGUAGE c VOLATILE STRICT AS :'module', 'pat_auth_bench_stay_on';
