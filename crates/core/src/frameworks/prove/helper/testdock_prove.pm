# Loaded by prove: tells each line that a test file says, when it says it, on the descriptor that TESTDOCK_EVENTS_FD names.
#   open TAB file; line TAB file TAB text; wrong TAB file TAB what is no TAP; close TAB file TAB exit code
package testdock_prove;

use strict;
use warnings;

use IO::Handle;
use TAP::Formatter::File;
use TAP::Formatter::File::Session;

our @ISA = ('TAP::Formatter::File');

open(my $events, '>&=', $ENV{TESTDOCK_EVENTS_FD}) or die "no descriptor for events: $!";
$events->autoflush(1);

sub tell_event {
    my $line = join "\t", map { defined $_ ? $_ : '' } @_;
    $line =~ s/[\r\n]+/ /g;
    print {$events} "$line\n";
}

sub load {
    my ($class, $loading) = @_;
    my $app = $loading->{app_prove};
    # What is said of a failure comes on the other stream: this way it comes in order.
    $app->merge(1);
    $app->formatter($class);
    return 1;
}

sub open_test {
    my ($self, $test, $parser) = @_;
    my $session = $self->SUPER::open_test($test, $parser);
    tell_event('open', $test);
    return bless $session, 'testdock_prove::Session';
}

package testdock_prove::Session;

our @ISA = ('TAP::Formatter::File::Session');

sub result {
    my ($self, $result) = @_;
    testdock_prove::tell_event('line', $self->name, $result->raw);
    return $self->SUPER::result($result);
}

sub close_test {
    my $self = shift;
    my $status = $self->parser->wait;
    my $code = defined $status ? ($status & 127 ? 128 + ($status & 127) : $status >> 8) : 0;
    testdock_prove::tell_event('wrong', $self->name, $_) for $self->parser->parse_errors;
    testdock_prove::tell_event('close', $self->name, $code);
    return $self->SUPER::close_test(@_);
}

1;
