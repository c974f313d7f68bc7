#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Agents that mean harm, for hostile.sh: one UDP port of 127.0.0.1 each, whose names and numbers are printed at first.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

my ($INTEGER, $OCTETS, $NULL, $OID, $SEQUENCE, $TICKS) = (0x02, 0x04, 0x05, 0x06, 0x30, 0x43);
my ($GET, $RESPONSE, $NO_OBJECT, $END_OF_VIEW) = (0xa0, 0xa2, 0x80, 0x82);
my %sys = (    # what every one of them tells, so that it is taken for somebody
	'1.3.6.1.2.1.1.1.0' => [$OCTETS, 'an honest agent'],
	'1.3.6.1.2.1.1.2.0' => [$OID, '1.3.6.1.4.1.8072.3.2.10'],
	'1.3.6.1.2.1.1.3.0' => [$TICKS, 4711]);

sub tlv {
	my ($tag, $value) = @_;
	my $len = length $value;
	return pack('CC', $tag, $len) . $value if $len < 128;
	return pack('CCCCC', $tag, 0x83, $len >> 16, $len >> 8 & 255, $len & 255) . $value;
}

# The first element of some octets: tag, contents, what is behind it.
sub take {
	my $in = shift;
	my ($tag, $len) = unpack 'CC', $in;
	my $at = 2;
	if ($len & 0x80) {
		my $n = $len & 0x7f;
		$len = 0;
		$len = $len << 8 | ord substr $in, $at++, 1 for 1 .. $n;
	}
	return ($tag, substr($in, $at, $len), substr($in, $at + $len));
}

sub oid_in { my @sub = unpack 'w*', shift; my $first = shift @sub; return join '.', int($first / 40), $first % 40, @sub }
sub oid_out { my @sub = split /\./, shift; return pack 'w*', $sub[0] * 40 + $sub[1], @sub[2 .. $#sub] }

sub value {
	my ($tag, $v) = @_;
	return tlv($tag, oid_out($v)) if $tag == $OID;
	return tlv($tag, pack 'N', $v) if $tag == $INTEGER || $tag == $TICKS;
	return tlv($tag, $v);
}

# One row more of any column, for ever.
sub behind {
	my @sub = split /\./, shift;
	return join '.', @sub, 1000000 if $sub[-1] < 1000000;
	$sub[-1]++;
	return join '.', @sub;
}

# What each answers to one name: another name, a tag, a value.
my %agent = (
	loop => sub { my ($pdu, $name) = @_; return $pdu == $GET ? get($name) : ($name, $INTEGER, 1) },
	endless => sub { my ($pdu, $name) = @_; return $pdu == $GET ? get($name) : (behind($name), $INTEGER, 1) },
	disorder => sub { my ($pdu, $name) = @_; return $pdu == $GET ? get($name) : ('1.3.6.1.2.1.1.1.0', $INTEGER, 1) },
	long => sub { my ($pdu, $name) = @_; return ($name, $OCTETS, 'x' x 65000) },
	types => sub {
		my ($pdu, $name) = @_;
		return ($name, $OCTETS, 'a word') if $pdu == $GET;
		return $name =~ /\.1$/ ? ($name, $END_OF_VIEW, '') : ("$name.1", $OCTETS, 'a word');
	},
	other => sub { my ($pdu, $name) = @_; return get($name) },    # its request-id is wrong: see below
);
sub get { my $name = shift; return ($name, $sys{$name} ? @{$sys{$name}} : ($NO_OBJECT, '')) }

sub answer {
	my ($who, $in) = @_;
	my (undef, $message) = take($in);
	my (undef, $version, $rest) = take($message);
	my (undef, $community, $pdu) = take($rest);
	my ($tag, $body) = take($pdu);
	my (undef, $id, $behind_id) = take($body);
	my (undef, undef, $behind_status) = take($behind_id);
	my (undef, undef, $list) = take($behind_status);
	my (undef, $asked) = take($list);
	my $told = '';
	while (length $asked) {
		my (undef, $varbind, $next) = take($asked);
		my (undef, $name) = take($varbind);
		my ($new, $type, $v) = $agent{$who}->($tag, oid_in($name));
		$told .= tlv($SEQUENCE, tlv($OID, oid_out($new)) . value($type, $v));
		last if $who eq 'long';
		$asked = $next;
	}
	$id = pack 'N', unpack('N', substr("\0\0\0" . $id, -4)) ^ 0x10101 if $who eq 'other';
	return tlv($SEQUENCE, tlv($INTEGER, $version) . tlv($OCTETS, $community) .
		tlv($RESPONSE, tlv($INTEGER, $id) . tlv($INTEGER, "\0") . tlv($INTEGER, "\0") . tlv($SEQUENCE, $told)));
}

$| = 1;
my ($select, %who) = (IO::Select->new);
for my $name (sort keys %agent) {
	my $s = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1') or die "socket: $!";
	$select->add($s);
	$who{$s} = $name;
	print "$name ", $s->sockport, "\n";
}
print "ready\n";
while (1) {
	for my $s ($select->can_read) {
		my $from = $s->recv(my $in, 65535) or next;
		my $out = eval { answer($who{$s}, $in) };
		$s->send($out, 0, $from) if defined $out;
	}
}
