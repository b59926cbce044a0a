# pat_auth: how the extension is built, installed and tested.
#
#   make                    build the module
#   make install            install it into the server that PG_CONFIG names
#   make installcheck       test it against that server, which must be running
#   make demo [KEEP=1]      see it work, on a private server
#   make check [PG=17|18]   every test, on private servers
#   make bench [QUICK=1]    measure it beside what one would write without it
#
# Building needs PostgreSQL's server headers, a C++17 compiler, pkg-config and
# libsodium. The targets of the second half install what they need themselves.

# The PostgreSQL release. On Debian several can be installed side by side, and
# the pg_config found first in PATH may belong to any of them.
debian_pg_config = /usr/lib/postgresql/$(PG)/bin/pg_config
ifdef PG
PG_CONFIG ?= $(debian_pg_config)
else
PG := 15
PG_CONFIG ?= $(firstword $(wildcard $(debian_pg_config)) pg_config)
endif

script_targets := demo check check-unit check-regress check-pgtap check-isolation \
                  check-clients check-server check-all lint bench server chroot distclean

ifneq (,$(filter $(script_targets),$(MAKECMDGOALS)))

# ---------------------------------------------------------------------------
# Targets that scripts carry out. They work before PostgreSQL is installed, so
# nothing of PGXS is read here (it would claim the name `check`, too).

.PHONY: $(MAKECMDGOALS)
.NOTPARALLEL:
export PG

demo:
	scripts/demo $(if $(KEEP),--keep)

check:
	scripts/check

check-unit check-regress check-pgtap check-isolation check-clients check-server:
	scripts/check $(patsubst check-%,%,$@)

check-all:
	scripts/check-all

lint:
	scripts/lint

bench:
	scripts/bench $(if $(QUICK),--quick)

# Everything that was ever made here, the kept chroots included.
distclean: clean
	scripts/chroot remove
	rm -rf build

# Other goals on the same command line are for the half below.
other_goals := $(filter-out $(script_targets),$(MAKECMDGOALS)) $(if $(filter distclean,$(MAKECMDGOALS)),clean)
$(sort $(other_goals)):
	+$(MAKE) $@

else

# ---------------------------------------------------------------------------
# The extension, by PGXS. Building in another directory works as with any PGXS
# makefile: make -f PATH/Makefile VPATH=PATH

source_directory := $(patsubst %/,%,$(or $(VPATH),$(dir $(firstword $(MAKEFILE_LIST)))))/
find_sources = $(patsubst $(source_directory)%,%,$(sort $(wildcard $(addprefix $(source_directory),$(1)))))

EXTENSION := pat_auth
extension_version := $(shell sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" $(source_directory)pat_auth.control)

MODULE_big := pat_auth
OBJS := $(patsubst %.cpp,%.o,$(call find_sources,src/*.cpp src/*/*.cpp))

# The install script is put together from these files, in this order.
SQL_PARTS := $(call find_sources,sql/[0-9][0-9]_*.sql)
install_script := pat_auth--$(extension_version).sql
DATA_built := $(install_script)

# setup makes the extension and the roles that the other tests use.
setup_first = $(filter setup,$(1)) $(filter-out setup,$(1))
REGRESS := $(call setup_first,$(basename $(notdir $(call find_sources,test/sql/*.sql))))
ISOLATION := $(call setup_first,$(basename $(notdir $(call find_sources,test/isolation/specs/*.spec))))

# Release 15 looks for expected/ in the current directory, then below the
# inputs; releases from 16 on want to be told.
expected_option = $(if $(filter-out 15,$(MAJORVERSION)),--expecteddir=$(1))
REGRESS_OPTS = --inputdir=$(source_directory)test $(call expected_option,$(source_directory))
ISOLATION_OPTS = --inputdir=$(source_directory)test/isolation $(call expected_option,$(source_directory)test/isolation)

PKG_CONFIG ?= pkg-config
SODIUM_CFLAGS := $(shell $(PKG_CONFIG) --cflags libsodium)
SODIUM_LIBS := $(or $(shell $(PKG_CONFIG) --libs libsodium),-lsodium)

# PostgreSQL's headers count as the system's: their warnings are not ours.
# -MMD -MP writes, beside each object, which headers it was made from.
PG_CPPFLAGS = -I$(source_directory)src -isystem $(includedir_server) $(SODIUM_CFLAGS) -MMD -MP
PG_CXXFLAGS = -std=c++17 -Wall -Wextra -Wshadow -Wno-register $(if $(WERROR),-Werror)
SHLIB_LINK = $(SODIUM_LIBS) -Wl,--version-script=$(source_directory)src/pat_auth.map

# The C++ compiler links: a module that the C compiler linked is built without
# complaint and then fails to load.
override COMPILER = $(CXX) $(CXXFLAGS)

# No bitcode for the JIT compiler: it would inline functions whose helpers the
# version script hides, and then fail to resolve them.
override with_llvm = no

# build/ is what the scripts make. The chroots in it are costly: distclean.
EXTRA_CLEAN = $(OBJS:.o=.d) $(filter-out build/chroot-%,$(wildcard build/*))

PGXS := $(shell $(PG_CONFIG) --pgxs)
ifeq (,$(wildcard $(PGXS)))
$(error '$(PG_CONFIG) --pgxs' names no file: install the server headers (Debian: postgresql-server-dev-$(PG)) or set PG_CONFIG)
endif
include $(PGXS)

$(shlib): $(source_directory)src/pat_auth.map

# The directory itself is among the prerequisites: a part may have gone.
$(install_script): $(SQL_PARTS) $(wildcard $(source_directory)sql) $(source_directory)pat_auth.control
	printf '%s\n' '\echo Use "CREATE EXTENSION pat_auth" to load this file. \quit' > $@.new
	cat $(filter %.sql,$^) /dev/null >> $@.new
	mv $@.new $@

# For a build in another directory. (As a target, VPATH would find the sources'.)
$(shell mkdir -p $(sort $(dir $(OBJS))))

-include $(OBJS:.o=.d)

endif
