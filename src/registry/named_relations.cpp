// Which relations a utility statement locks by their names: see named_relations.h.
//
// Not here is what asks before it waits: DROP, TRUNCATE, REINDEX, CLUSTER, REFRESH, CREATE INDEX, POLICY and VIEW,
// ALTER of the relation itself, RENAME, SET SCHEMA, VACUUM, ANALYZE; and what locks no more than reading and writing
// do: GRANT, COPY, LIKE, OF, OWNED BY, a comment on a trigger or the like, and a query wherever it stands.
// test/pgtap/set_up_locks.sql tries them against a lock that somebody holds, so that another release's other way is
// seen.

#include "server/prelude.h"

extern "C" {
#include "nodes/parsenodes.h"
}

#include "registry/named_relations.h"

namespace pat_auth::registry {

namespace {

List* with(List* names, RangeVar* name) { return name != nullptr ? lappend(names, name) : names; }

// What a foreign key refers to. (Those of CREATE TABLE come as an ALTER TABLE of their own.)
List* with_referenced(List* names, Node* definition)
{
    if (IsA(definition, Constraint))
        return with(names, castNode(Constraint, definition)->pktable);
    ListCell* cell = nullptr;
    if (IsA(definition, ColumnDef))
        foreach (cell, castNode(ColumnDef, definition)->constraints)
            names = with_referenced(names, static_cast<Node*>(lfirst(cell)));
    return names;
}

List* of_alter_table(const AlterTableStmt* statement)
{
    List* names = NIL;
    ListCell* cell = nullptr;
    foreach (cell, statement->cmds) {
        Node* const definition = lfirst_node(AlterTableCmd, cell)->def;
        if (definition == nullptr)
            continue;
        if (IsA(definition, RangeVar)) // INHERIT
            names = with(names, castNode(RangeVar, definition));
        else if (IsA(definition, PartitionCmd)) // ATTACH, DETACH, of an index too
            names = with(names, castNode(PartitionCmd, definition)->name);
        else
            names = with_referenced(names, definition);
    }
    return names;
}

// COMMENT and the like, which have a name as a list of words. What belongs to a table, as its triggers do, is locked
// itself, and the table only as by a reader.
List* of_object(ObjectType kind, Node* object)
{
    switch (kind) {
    case OBJECT_TABLE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_FOREIGN_TABLE:
    case OBJECT_INDEX:
    case OBJECT_SEQUENCE:
        return list_make1(makeRangeVarFromNameList(castNode(List, object)));
    case OBJECT_COLUMN: {
        List* const words = castNode(List, object);
        return list_length(words) > 1
                   ? list_make1(makeRangeVarFromNameList(list_truncate(list_copy(words), list_length(words) - 1)))
                   : NIL;
    }
    default:
        return NIL;
    }
}

List* of_publication(const List* objects)
{
    List* names = NIL;
    ListCell* cell = nullptr;
    foreach (cell, objects) {
        const PublicationTable* const table = lfirst_node(PublicationObjSpec, cell)->pubtable;
        if (table != nullptr)
            names = with(names, table->relation);
    }
    return names;
}

} // namespace

List* relations_locked_unasked(Node* statement)
{
    switch (nodeTag(statement)) {
    case T_CreateTrigStmt: {
        const auto* const trigger = castNode(CreateTrigStmt, statement);
        return with(list_make1(trigger->relation), trigger->constrrel);
    }
    case T_RuleStmt:
        return list_make1(castNode(RuleStmt, statement)->relation);
    case T_CreateStmt:
    case T_CreateForeignTableStmt:
        return reinterpret_cast<CreateStmt*>(statement)->inhRelations;
    case T_AlterTableStmt:
        return of_alter_table(castNode(AlterTableStmt, statement));
    case T_AlterObjectDependsStmt:
        return with(NIL, castNode(AlterObjectDependsStmt, statement)->relation);
    case T_CreateStatsStmt:
        return castNode(CreateStatsStmt, statement)->relations;
    case T_CreatePublicationStmt:
        return of_publication(castNode(CreatePublicationStmt, statement)->pubobjects);
    case T_AlterPublicationStmt:
        return of_publication(castNode(AlterPublicationStmt, statement)->pubobjects);
    case T_CommentStmt: {
        const auto* const comment = castNode(CommentStmt, statement);
        return of_object(comment->objtype, comment->object);
    }
    case T_SecLabelStmt: {
        const auto* const label = castNode(SecLabelStmt, statement);
        return of_object(label->objtype, label->object);
    }
    case T_AlterExtensionContentsStmt: {
        const auto* const contents = castNode(AlterExtensionContentsStmt, statement);
        return of_object(contents->objtype, contents->object);
    }
    default:
        return NIL;
    }
}

} // namespace pat_auth::registry
