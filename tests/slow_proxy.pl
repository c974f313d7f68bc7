#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# slow_proxy.pl HOST PORT: stands before an SNMP agent (v2c) and holds its answers back. Prints its own port, and "overlap"
# for every request that comes while another one, with another request-id, has not been answered.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);

my ($host, $port) = @ARGV;
my $hold = 0.15;
$| = 1;
my $front = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1') or die "no socket: $!";
my $back = IO::Socket::INET->new(Proto => 'udp', PeerAddr => $host, PeerPort => $port) or die "no agent: $!";
print $front->sockport, "\n";

sub request_id {
	my ($m) = @_;
	my $length = qr/(?:[\x00-\x7f]|\x81.|\x82..)/s;
	return unless $m =~ /\A\x30$length\x02\x01\x01\x04(.)/gcs;
	pos($m) += ord $1;
	return $m =~ /\G[\xa0-\xaf]$length\x02(.)/gcs ? substr($m, pos $m, ord $1) : undef;
}

my (%open, @held); # request-id => who asked; [when, octets, whom]
my $select = IO::Select->new($front, $back);
for (;;) {
	for my $s ($select->can_read(0.01)) {
		my $from = recv($s, my $m, 65535, 0);
		next unless defined $from;
		my $id = request_id($m);
		next unless defined $id;
		if ($s == $front) {
			print "request\n";
			print "overlap\n" if grep { $_ ne $id } keys %open;
			$open{$id} = $from;
			$back->send($m);
		} else {
			push @held, [time + $hold, $m, $open{$id}, $id] if $open{$id};
		}
	}
	while (@held && $held[0][0] <= time) {
		my ($when, $m, $whom, $id) = @{shift @held};
		delete $open{$id};
		$front->send($m, 0, $whom);
	}
}
