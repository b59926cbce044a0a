// Which settings write statements or their parameters to the server log.
#pragma once

namespace pat_auth::server {

// A condition on a row of pg_settings. Not log_min_error_statement, by whose default statements that fail are logged.
inline constexpr char setting_logs_statements[] = R"sql(
            CASE
                WHEN name = 'log_statement' THEN setting <> 'none'
                WHEN name IN ('log_min_duration_statement', 'log_min_duration_sample', 'auto_explain.log_min_duration')
                    THEN setting <> '-1'
                WHEN name IN ('log_transaction_sample_rate', 'log_parameter_max_length_on_error') THEN setting <> '0'
                WHEN name IN ('debug_print_parse', 'debug_print_rewritten', 'debug_print_plan') THEN setting <> 'off'
                ELSE false
            END
    )sql";

} // namespace pat_auth::server
