#!/bin/bash
# tar, gzip, cp, find, sha256sum, cmp: a tree is packed, unpacked, compared and removed.
# shellcheck disable=SC1091 # lib.sh is checked on its own
. "$(dirname "$0")/lib.sh"

make_tree() {
	mkdir -p tree/a/b/c tree/d
	seq 1 20000 > tree/numbers
	head -c 300000 /dev/zero | tr '\0' 'z' > tree/a/long
	for i in 1 2 3 4 5 6 7 8 9 10; do seq "$i" "$i"000 > "tree/a/b/$i"; done
	ln -s ../numbers tree/d/link
	ln tree/numbers tree/a/b/c/hard
	chmod 751 tree/d
	find tree -exec touch -h -d @1000000000 {} +
}

work() {
	make_tree
	tar --sort=name --owner=0 --group=0 -cf one.tar tree
	tar -cf - tree | gzip -n | gzip -dc | tar -tf - | sort | sha256sum
	sha256sum < one.tar
	mkdir out
	tar -C out -xf one.tar
	diff -r tree out/tree && echo "trees equal"
	stat -c %a out/tree/d
	readlink out/tree/d/link
	cp -a out/tree copy
	find copy -type f | sort | xargs sha256sum | sha256sum
	tar -cf - tree | dd bs=7777 iflag=fullblock status=none | tar -tvf - | wc -l
	rm -rf out copy
}

repeat_work "$@"
