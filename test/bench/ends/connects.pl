# connects.pl ADDRESS PORT COUNT: the median of how long connect() takes, in microseconds. In Perl, as Node has no connect()
# that waits: its own way through the event loop takes longer than what is measured.
use strict;
use warnings;
use Socket qw(:DEFAULT SOL_SOCKET SO_LINGER);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my ($address, $port, $count) = @ARGV;
my $to = pack_sockaddr_in($port, inet_aton($address));
my @times;
for (1 .. $count) {
  socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
  # Closed with a reset, so that no port is used up.
  setsockopt($socket, SOL_SOCKET, SO_LINGER, pack('II', 1, 0)) or die "setsockopt: $!\n";
  my $began = clock_gettime(CLOCK_MONOTONIC);
  connect($socket, $to) or die "connect: $!\n";
  push @times, clock_gettime(CLOCK_MONOTONIC) - $began;
  close($socket);
}
@times = sort { $a <=> $b } @times;
printf "%.2f\n", $times[@times / 2] * 1e6;
