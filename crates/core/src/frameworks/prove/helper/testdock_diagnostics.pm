# Loaded by each test file: what Perl's test libraries say of a failure goes where its outcome goes, and so comes in order
# with it. All else on standard error stays there.
package testdock_diagnostics;

use strict;
use warnings;

use IO::Handle;

# It stands in @INC while the file is compiled, and is shown there in error messages.
use overload '""' => sub { $INC{'testdock_diagnostics.pm'} }, fallback => 1;

my $is_done;

# Test::Builder may speak as soon as it is loaded: `BEGIN { use_ok('Shop') }`.
sub testdock_diagnostics::INC {
    my ($self, $file) = @_;
    return if $file ne 'Test/Builder.pm';
    leave();
    require Test::Builder;
    Test::Builder->new->failure_output(handle());
    $is_done = 1;
    my $nothing = "1;\n";
    open my $loaded, '<', \$nothing or return;
    return $loaded;
}

sub leave { @INC = grep { ref $_ ne __PACKAGE__ } @INC }

# A handle of its own: tests set the encoding of each.
sub handle {
    open my $handle, '>&', \*STDOUT or return \*STDERR;
    $handle->autoflush(1);
    return $handle;
}

unshift @INC, bless [];

INIT {
    leave();
    if (!$is_done && $INC{'Test2/API.pm'}) {
        my $format = Test2::API::test2_stack()->top->format;
        my $is_tap = $format && $format->isa('Test2::Formatter::TAP');
        $format->set_handles([$format->handles->[0], handle()]) if $is_tap;
    }
}

1;
