# The library: linked into every program, test and fuzzer.
lib_src := lib/addr.c lib/away.c lib/file.c lib/guest.c lib/hostlist.c lib/log.c lib/map.c lib/node.c lib/parse.c
