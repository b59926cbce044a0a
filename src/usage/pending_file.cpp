// The pending uses across a clean restart: see pending_file.h.

#include "server/prelude.h"

extern "C" {
#include "pgstat.h"
#include "port/pg_crc32c.h"
#include "storage/fd.h"
}

#include "usage/pending_file.h"

#include "usage/pending.h"

#include <cerrno>
#include <cstdio>
#include <unistd.h>

namespace pat_auth::usage {

namespace {

constexpr const char* path = PGSTAT_STAT_PERMANENT_DIRECTORY "/pat_auth_last_use.stat";
constexpr const char* temporary_path = PGSTAT_STAT_PERMANENT_DIRECTORY "/pat_auth_last_use.stat.tmp";

// To be changed with the layout of PendingUse.
constexpr uint32 file_version = 0x50415401;

struct Header {
    uint32 version;
    uint32 entry_size;
    uint32 count;
    pg_crc32c checksum; // of the entries
};

pg_crc32c checksum_of(const PendingUses& pending)
{
    pg_crc32c checksum = 0;
    INIT_CRC32C(checksum);
    COMP_CRC32C(checksum, pending.uses, sizeof(PendingUse) * pending.count);
    FIN_CRC32C(checksum);
    return checksum;
}

bool write_file(std::FILE* file, const PendingUses& pending)
{
    Header const header = {file_version, sizeof(PendingUse), static_cast<uint32>(pending.count), checksum_of(pending)};
    return std::fwrite(&header, sizeof header, 1, file) == 1 &&
           std::fwrite(pending.uses, sizeof(PendingUse), pending.count, file) == pending.count;
}

bool read_file(std::FILE* file, PendingUses& pending)
{
    Header header = {};
    if (std::fread(&header, sizeof header, 1, file) != 1 || header.version != file_version ||
        header.entry_size != sizeof(PendingUse) || header.count > static_cast<uint32>(pending_capacity))
        return false;
    pending.count = header.count;
    pending.uses = static_cast<PendingUse*>(palloc(sizeof(PendingUse) * Max(pending.count, 1)));
    return std::fread(pending.uses, sizeof(PendingUse), pending.count, file) == pending.count &&
           std::fgetc(file) == EOF && checksum_of(pending) == header.checksum;
}

} // namespace

void save_pending()
{
    PendingUses const pending = copy_pending();
    if (pending.count > 0) {
        std::FILE* const file = AllocateFile(temporary_path, PG_BINARY_W);
        bool const is_written = file != nullptr && write_file(file, pending);
        int const error = errno;
        if ((file != nullptr && FreeFile(file) != 0) || !is_written) {
            errno = is_written ? errno : error;
            ereport(LOG, (errcode_for_file_access(), errmsg("could not write file \"%s\": %m", temporary_path)));
            unlink(temporary_path);
        } else {
            durable_rename(temporary_path, path, LOG);
        }
    }
    pfree(pending.uses);
}

void load_pending()
{
    std::FILE* const file = AllocateFile(path, PG_BINARY_R);
    if (file == nullptr) {
        if (errno != ENOENT)
            ereport(LOG, (errcode_for_file_access(), errmsg("could not read file \"%s\": %m", path)));
        return;
    }
    PendingUses pending = {nullptr, 0};
    if (read_file(file, pending)) {
        for (std::size_t i = 0; i < pending.count; ++i)
            add_pending(pending.uses[i]);
    } else {
        ereport(LOG, (errmsg("ignoring invalid data in file \"%s\"", path)));
    }
    FreeFile(file);
    unlink(path);
    if (pending.uses != nullptr)
        pfree(pending.uses);
}

} // namespace pat_auth::usage
