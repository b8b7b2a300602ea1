# Prints each datagram that is sent to the unix socket named on the command line, as a line of JSON text.
use strict;
use warnings;
use Socket;

socket(my $socket, PF_UNIX, SOCK_DGRAM, 0) or die "no socket: $!";
bind($socket, sockaddr_un($ARGV[0])) or die "cannot listen at $ARGV[0]: $!";
chmod 0666, $ARGV[0] or die "chmod: $!";
$| = 1;
print "\"listening\"\n";
# What comes beside the bytes is closed by recv: descriptors, by which senders learn that they were heard.
while (defined recv($socket, my $text, 8192, 0)) {
  $text =~ s/(["\\])/\\$1/g;
  $text =~ s/\n/\\n/g;
  print "\"$text\"\n";
}
