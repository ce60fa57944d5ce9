#!/bin/bash
# gcc: compiles, assembles and links a program of several files, runs it, and reports an error in
# another; make drives it.
# Under another make the one below would say where it is.
unset MAKEFLAGS MAKELEVEL MFLAGS
# shellcheck disable=SC1091 # lib.sh is checked on its own
. "$(dirname "$0")/lib.sh"

write_sources() {
	cat > main.c <<-'END'
		#include <stdio.h>
		#include "sum.h"
		int main(void)
		{
			printf("sum %llu\n", sum_of_primes(20000));
			return 17;
		}
	END
	cat > sum.h <<-'END'
		unsigned long long sum_of_primes(unsigned int below);
	END
	cat > sum.c <<-'END'
		#include "sum.h"
		static int is_prime(unsigned int n)
		{
			for (unsigned int d = 2; d * d <= n; d++)
				if (n % d == 0)
					return 0;
			return n > 1;
		}
		unsigned long long sum_of_primes(unsigned int below)
		{
			unsigned long long sum = 0;
			for (unsigned int n = 2; n < below; n++)
				if (is_prime(n))
					sum += n;
			return sum;
		}
	END
	printf 'prog: main.o sum.o\n\tgcc -o $@ $^\n%%.o: %%.c\n\tgcc -O2 -Wall -c -o $@ $<\n' > Makefile
	echo 'int main(void) { return undeclared; }' > wrong.c
}

work() {
	local status=0
	write_sources
	make -s prog
	./prog || status=$?
	echo "status $status"
	status=0
	gcc -c wrong.c 2> errors || status=$?
	grep -q undeclared errors && echo "error $status"
	cp main.o first.o
	gcc -O2 -Wall -c -o main.o main.c
	cmp main.o first.o && echo "objects equal"
}

repeat_work "$@"
