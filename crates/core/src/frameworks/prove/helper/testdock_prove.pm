# Loaded by prove: tells each line that a test file says, when it says it, on the descriptor that TESTDOCK_EVENTS_FD names.
#   open TAB file; line TAB file TAB text; aside TAB file TAB what it says on standard error;
#   wrong TAB file TAB what is no TAP; close TAB file TAB exit code or signal (SIGSEGV)
package testdock_prove;

use strict;
use warnings;

use Config;
use IO::Handle;
use TAP::Formatter::File;
use TAP::Formatter::File::Session;
use TAP::Harness;

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
    $app->formatter($class);
    # What the project asks for and would make the results untrue: a file that died counts, all files run, and
    # only what is TAP is read as such.
    $app->ignore_exit(0);
    delete $ENV{HARNESS_IGNORE_EXIT};
    $app->{state} = [];
    $app->merge(0);
    my $harness = $app->harness || $ENV{HARNESS_SUBCLASS} || 'TAP::Harness';
    $app->require_harness(harness => $harness);
    $app->harness(undef);
    @testdock_prove::Harness::ISA = ($app->{harness_class});
    $app->{harness_class} = 'testdock_prove::Harness';
    tie *STDERR, 'testdock_prove::Stderr';
    return 1;
}

sub open_test {
    my ($self, $test, $parser) = @_;
    my $session = $self->SUPER::open_test($test, $parser);
    tell_event('open', $test);
    @testdock_prove::Parser::ISA = (ref $parser);
    $parser->{testdock_name} = $test;
    bless $parser, 'testdock_prove::Parser';
    return bless $session, 'testdock_prove::Session';
}

package testdock_prove::Harness;

sub new {
    my $self = shift->SUPER::new(@_);
    $self->callback(parser_args => \&diagnose);
    return $self;
}

# What the test libraries of Perl say of a failure comes in order with it.
sub diagnose {
    my $options = shift;
    open my $file, '<', $options->{source} || '' or return;
    my $first = <$file>;
    return if defined $first && $first =~ /^#!(?!.*\bperl)/;
    push @{ $options->{switches} }, '-Mtestdock_diagnostics';
}

package testdock_prove::Parser;

our ($reading, %half);

# Whatever the file says on standard error is passed on in here.
sub next {
    my $self = shift;
    local $reading = $self->{testdock_name};
    return $self->SUPER::next(@_);
}

sub aside {
    my $text = shift;
    return unless defined $reading;
    $half{$reading} .= $text;
    testdock_prove::tell_event('aside', $reading, $1) while $half{$reading} =~ s/\A(.*)\n//;
}

package testdock_prove::Stderr;

open(my $stderr, '>&', \*STDERR) or die "no standard error: $!";
$stderr->autoflush(1);

sub TIEHANDLE { return bless [], shift }

sub PRINT {
    my ($self, @text) = @_;
    my $text = join defined $, ? $, : '', @text;
    testdock_prove::Parser::aside($text);
    return print {$stderr} $text;
}

sub PRINTF {
    my ($self, $format, @values) = @_;
    return $self->PRINT(sprintf $format, @values);
}

sub WRITE {
    my ($self, $text, $length, $offset) = @_;
    return $self->PRINT(substr $text, $offset || 0, $length);
}

sub FILENO { return fileno $stderr }
sub BINMODE { return 1 }

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
    my @signals = split ' ', $Config::Config{sig_name};
    my $code = defined $status ? ($status & 127 ? 'SIG' . $signals[$status & 127] : $status >> 8) : 0;
    my $half = delete $testdock_prove::Parser::half{ $self->name };
    testdock_prove::tell_event('aside', $self->name, $half) if defined $half && length $half;
    testdock_prove::tell_event('wrong', $self->name, $_) for $self->parser->parse_errors;
    testdock_prove::tell_event('close', $self->name, $code);
    return $self->SUPER::close_test(@_);
}

1;
