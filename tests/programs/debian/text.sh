#!/bin/bash
# sort, awk, sed, grep, cut, join, uniq, wc and xargs in pipelines over text made here.
# shellcheck disable=SC1091 # lib.sh is checked on its own
. "$(dirname "$0")/lib.sh"

make_words() {
	awk 'BEGIN {
		x = 12345
		for (i = 0; i < 20000; i++) {
			x = (x * 1103515 + 12345) % 2147483
			printf "%d word%d %d\n", x % 1000, x % 37, i
		}
	}' > words
}

work() {
	make_words
	sha256sum < words
	sort words | sha256sum
	sort -n -k1,1 -k3,3 -S 1M words | sha256sum
	cut -d ' ' -f 2 words | sort | uniq -c | sort -rn | head -n 3
	awk '{ count[$2] += $1 } END { for (w in count) print w, count[w] }' words | sort | sha256sum
	sed -n 's/^\([0-9]*\) word\(3[0-9]*\) .*/\2:\1/p' words | wc
	grep -c 'word1[0-9] ' words
	join <(sort -u -k1,1 words) <(seq 0 999 | sort) | wc -l
	seq 1 300 | xargs -n 10 echo | awk '{ n += NF } END { print n, NR }'
	tac words | head -n 1
	od -An -tx1 -N 16 words
}

repeat_work "$@"
