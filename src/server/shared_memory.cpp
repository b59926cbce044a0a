// Memory that all backends share: see shared_memory.h.

#include "server/prelude.h"

extern "C" {
#include "storage/ipc.h"
#include "storage/lwlock.h"
}

#include "server/shared_memory.h"

namespace pat_auth::server {

namespace {

SharedMemory* registered = nullptr;

shmem_request_hook_type previous_request = nullptr;
shmem_startup_hook_type previous_startup = nullptr;

void request()
{
    if (previous_request != nullptr)
        previous_request();
    for (const SharedMemory* memory = registered; memory != nullptr; memory = memory->next)
        memory->request();
}

void startup()
{
    if (previous_startup != nullptr)
        previous_startup();
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    for (const SharedMemory* memory = registered; memory != nullptr; memory = memory->next)
        memory->attach();
    LWLockRelease(AddinShmemInitLock);
}

} // namespace

void register_shared_memory(SharedMemory& memory)
{
    if (!process_shared_preload_libraries_in_progress)
        return;
    if (registered == nullptr) {
        previous_request = shmem_request_hook;
        shmem_request_hook = request;
        previous_startup = shmem_startup_hook;
        shmem_startup_hook = startup;
    }
    memory.next = registered;
    registered = &memory;
}

} // namespace pat_auth::server
