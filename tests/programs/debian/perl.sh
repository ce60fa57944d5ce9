#!/bin/bash
# perl: hashes, regular expressions, sort, pack, fork and pipes, signals.
# shellcheck disable=SC1091 # lib.sh is checked on its own
. "$(dirname "$0")/lib.sh"

work() {
	perl -e '
		use strict;
		use warnings;
		my %seen;
		my $x = 1;
		for (1 .. 30000) {
			$x = ($x * 16807) % 2147483647;
			$seen{$x % 500}++;
		}
		my @top = sort { $seen{$b} <=> $seen{$a} || $a <=> $b } keys %seen;
		print "top @top[0 .. 4]\n";
		my $text = join(" ", map { "w" . ($_ * 7 % 101) } 1 .. 5000);
		my $n = () = $text =~ /\bw(\d)\1\b/g;
		print "doubles $n\n";
		print "sum ", unpack("%32C*", $text), "\n";
	'
	perl -e '
		pipe(my $in, my $out) or die;
		my $pid = fork();
		if (!$pid) { close $in; print $out "line $_\n" for 1 .. 1000; close $out; exit 4 }
		close $out;
		my $n = 0;
		$n += length while <$in>;
		waitpid $pid, 0;
		print "child ", $? >> 8, " sent $n\n";
		local $SIG{USR1} = sub { print "handled\n" };
		kill "USR1", $$;
		print `echo from a shell`;
		system("/bin/sh", "-c", "exit 5");
		print "system ", $? >> 8, "\n";
	'
}

repeat_work "$@"
