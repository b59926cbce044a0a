# A library for test/server/redaction.test alone: hooks that other libraries
# might have, which count. The test builds it in build/hooks; nothing installs it.
#
#   make -f PATH/hooks.mk VPATH=PATH PG_CONFIG=...

module_directory := $(patsubst %/,%,$(or $(VPATH),.))/

MODULE_big := pat_auth_hooks_test
OBJS := hooks_test.o

PG_CPPFLAGS = -I$(module_directory)../../src -isystem $(includedir_server)
PG_CXXFLAGS = -std=c++17 -Wall -Wextra -Wshadow -Wno-register $(if $(WERROR),-Werror)

# As for the extension: the C++ compiler links, and no bitcode.
override COMPILER = $(CXX) $(CXXFLAGS)
override with_llvm = no

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)
