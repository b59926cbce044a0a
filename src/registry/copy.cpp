// COPY … FROM STDIN into the set-up tables. PostgreSQL refuses COPY FROM into any table with row-level security, and
// ours have it so that people read only what they may. So the load runs as the extension's owner, whom row-level
// security does not bind, while the guard trigger holds each row to the rules for the role that called.
//
// What the statement could make the owner evaluate for the caller is left out: only rows from the client, no WHERE. And
// the owner loads the table that the caller's name meant, whatever it would mean to him.

#include "server/prelude.h"

extern "C" {
#include "catalog/pg_attribute.h"
#include "nodes/parsenodes.h"
#include "storage/lmgr.h"
#include "tcop/utility.h"
}

#include "registry/copy.h"

#include "redaction/shown.h"
#include "registry/guarded.h"
#include "registry/set_up_tables.h"
#include "server/catalog.h"
#include "server/guard.h"
#include "server/statement.h"
#include "server/version.h"

namespace pat_auth::registry {

namespace {

ProcessUtility_hook_type previous_process_utility = nullptr;

// The set-up table that the statement loads for a role that the rules bind, or InvalidOid.
Oid bound_target(Node* statement)
{
    if (!IsA(statement, CopyStmt))
        return InvalidOid;
    auto* const copy = castNode(CopyStmt, statement);
    if (!copy->is_from || copy->relation == nullptr || copy->filename != nullptr || copy->whereClause != nullptr)
        return InvalidOid;
    Oid const relation = RangeVarGetRelid(copy->relation, NoLock, true);
    if (!OidIsValid(relation) || set_up_table(relation) == nullptr || !is_bound())
        return InvalidOid;
    LockRelationOid(relation, RowExclusiveLock); // from here on nobody renames or drops it
    return set_up_table(relation) != nullptr ? relation : InvalidOid;
}

// What PostgreSQL would ask of the caller, asked of him before the load runs as somebody else.
void require_insert_privilege(Oid relation, const List* columns)
{
    Oid const role = GetUserId();
    if (pg_class_aclcheck(relation, role, ACL_INSERT) == ACLCHECK_OK)
        return;
    const char* const table = get_rel_name(relation);
    if (columns == NIL)
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied for table %s", table),
                        errhint("Name the columns: COPY pat_auth.%s (...) FROM STDIN.", table)));
    ListCell* cell = nullptr;
    foreach (cell, columns) {
        const char* const column = strVal(lfirst(cell));
        AttrNumber const number = get_attnum(relation, column);
        if (number == InvalidAttrNumber)
            ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("column \"%s\" of relation \"%s\" does not exist",
                                                                      redaction::shown(column), table)));
        if (pg_attribute_aclcheck(relation, number, role, ACL_INSERT) != ACLCHECK_OK)
            ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                            errmsg("permission denied for column %s of table %s", column, table)));
    }
}

// A copy of the statement that names the table with its schema, so that no search_path decides: it means something else
// to another role. Nobody renames the table, as it is locked.
PlannedStmt* qualified(const PlannedStmt* statement, Oid relation)
{
    auto* const load = static_cast<PlannedStmt*>(copyObjectImpl(statement));
    RangeVar* const name = castNode(CopyStmt, load->utilityStmt)->relation;
    name->catalogname = nullptr;
    name->schemaname = get_namespace_name(get_rel_namespace(relation));
    name->relname = get_rel_name(relation);
    return load;
}

void on_process_utility(PlannedStmt* statement, const char* query, bool read_only_tree, ProcessUtilityContext context,
                        ParamListInfo parameters, QueryEnvironment* environment, DestReceiver* receiver,
                        QueryCompletion* completion)
{
    Oid const target = server::enter([&] { return bound_target(statement->utilityStmt); });
    if (!OidIsValid(target)) {
        previous_process_utility(statement, query, read_only_tree, context, parameters, environment, receiver,
                                 completion);
        return;
    }

    require_insert_privilege(target, castNode(CopyStmt, statement->utilityStmt)->attlist);
    PlannedStmt* const load = server::enter([&] { return qualified(statement, target); });
    as_bound(GetUserId(), [&] {
        server::with_owner_rights([&] {
            previous_process_utility(load, query, read_only_tree, context, parameters, environment, receiver,
                                     completion);
        });
    });
}

} // namespace

void register_copy()
{
    previous_process_utility = ProcessUtility_hook != nullptr ? ProcessUtility_hook : standard_ProcessUtility;
    ProcessUtility_hook = on_process_utility;
}

} // namespace pat_auth::registry
