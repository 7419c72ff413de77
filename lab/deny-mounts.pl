# Becomes the program in its arguments with a filter that answers every wish to mount with EACCES, for it and all that it
# starts: what a container manager does that allows no nesting. Namespaces are still made. Needs CAP_SYS_ADMIN.
#   perl deny-mounts.pl PROGRAM [ARGUMENT]...
use strict;
use warnings;

my ($PR_SET_SECCOMP, $SECCOMP_MODE_FILTER, $EACCES) = (22, 2, 13);
my ($LOAD_WORD, $JUMP_IF_EQUAL, $RETURN, $ALLOW, $ERRNO) = (0x20, 0x15, 0x06, 0x7fff0000, 0x00050000);

# prctl and mount have numbers of their own in each architecture; the newer calls have one number everywhere.
my ($machine) = (POSIX::uname())[4];
my %numbers = (x86_64 => [157, 165], aarch64 => [167, 40]);
my ($prctl, $mount) = @{ $numbers{$machine} // die "deny-mounts.pl does not know the calls of $machine\n" };
my @denied = ($mount, 428, 429, 432, 442);    # open_tree, move_mount, fsmount, mount_setattr

my $step = sub { pack 'SCCL', @_ };
my $filter = $step->($LOAD_WORD, 0, 0, 0);
$filter .= $step->($JUMP_IF_EQUAL, 0, 1, $_) . $step->($RETURN, 0, 0, $ERRNO | $EACCES) for @denied;
$filter .= $step->($RETURN, 0, 0, $ALLOW);
my $program = pack 'Sx6P', length($filter) / 8, $filter;
syscall($prctl, $PR_SET_SECCOMP, $SECCOMP_MODE_FILTER, $program, 0, 0) == 0 or die "no filter can be set here: $!\n";
exec { $ARGV[0] } @ARGV or die "$ARGV[0] cannot be started: $!\n";

BEGIN { require POSIX }
