#!/usr/bin/python3
"""Tells a restored guest who it is.

One JSON document a line comes from the host (src/core/template/renewal.ts says what is in it), one goes back. Resident,
it listens on a virtio port; with --once it reads one line from standard input. It runs with Python 3.6 and later and the
standard library. A host waits for the answer, and in a restored guest under emulation everything is done for the first
time: code that is new to the emulator costs more than work. So no other process is started where that can be avoided,
files are read and written by system calls rather than by Python's file objects, and what may wait does.

Files are written beside their place and renamed, not synced: that is done once, after the answer.
"""
import base64
import errno
import fcntl
import json
import os
import select
import signal
import stat
import struct
import subprocess
import sys
import time

PORT = '/dev/virtio-ports/sysmonvm.renewal.0'
RNDADDENTROPY = 0x40085203
RNDRESEEDCRNG = 0x5207
TICK_SECONDS = 10
JOURNAL_TICKS = 6
LONGEST_LINE = 1 << 20
TAIL_BYTES = 2000


class Machine:
    """The guest's files below a root directory. Only below / is the running system changed as well."""

    def __init__(self, root):
        self.root = root.rstrip('/')
        self.live = self.root == ''
        self.labels = os.path.exists('/sys/fs/selinux/enforce')
        self.user = os.geteuid()
        self.pretended = 0.0

    def path(self, path):
        return self.root + path

    def read(self, path):
        """What is in a file; nothing when it is not there."""
        try:
            descriptor = os.open(self.root + path, os.O_RDONLY)
        except OSError:
            return b''
        try:
            return read_all(descriptor)
        except OSError:
            return b''
        finally:
            os.close(descriptor)

    def text(self, path):
        return self.read(path).decode('utf-8', 'replace').strip()

    def overwrite(self, path, content):
        descriptor = os.open(self.root + path, os.O_WRONLY | os.O_TRUNC)
        try:
            write_all(descriptor, content)
        finally:
            os.close(descriptor)

    def replace(self, path, content, mode=0o644, owner=(0, 0)):
        """The file appears whole or not at all; mode, owner and label of an older one are kept."""
        target = self.root + path
        label = None
        try:
            old = os.lstat(target)
            if stat.S_ISLNK(old.st_mode):
                target = os.path.realpath(target)
                old = os.stat(target)
            mode, owner = stat.S_IMODE(old.st_mode), (old.st_uid, old.st_gid)
            if self.labels:
                label = os.getxattr(target, 'security.selinux')
        except OSError:
            pass
        new = target + '.sysmonvm-new'
        descriptor = create(new, mode)
        try:
            write_all(descriptor, content)
            if self.user == 0 and owner != (0, 0):
                os.fchown(descriptor, owner[0], owner[1])
                os.fchmod(descriptor, mode)
            if label is not None:
                os.setxattr(descriptor, 'security.selinux', label)
        finally:
            os.close(descriptor)
        try:
            os.rename(new, target)
        except OSError as error:
            os.unlink(new)
            if error.errno != errno.EBUSY:
                raise
            # Something is mounted on it (systemd does that to /etc/machine-id), so its content is what can be changed.
            self.overwrite(path, content)

    def now(self):
        return time.time() + self.pretended

    def set_clock(self, seconds):
        if self.live:
            time.clock_settime(time.CLOCK_REALTIME, seconds)
        else:
            self.pretended = seconds - time.time()

    def rtc(self):
        """Whole seconds; None without a clock that runs while the guest does not."""
        text = self.text('/sys/class/rtc/rtc0/since_epoch')
        return int(text) if text.isdigit() else None


def create(path, mode):
    """A new file, with just these rights from its beginning."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(path, flags, mode)
    except FileExistsError:
        os.unlink(path)
        return os.open(path, flags, mode)


def read_all(descriptor):
    content = b''
    while True:
        part = os.read(descriptor, 65536)
        content += part
        if len(part) < 4096:
            return content


def write_all(descriptor, content):
    while content:
        content = content[os.write(descriptor, content):]


def step_clock(machine, epoch_ms, read_at):
    """The host's word counts when the RTC agrees; a line that lay in a queue is older than the RTC's whole seconds."""
    wanted = epoch_ms / 1000.0 + (time.monotonic() - read_at)
    rtc = machine.rtc()
    if rtc is not None and abs(rtc + 0.5 - wanted) > 2:
        wanted = rtc + 0.5
    elif rtc is not None:
        wanted = max(wanted, float(rtc))
    if abs(wanted - machine.now()) > 0.05:
        machine.set_clock(wanted)


def reseed(machine, encoded):
    seed = base64.b64decode(encoded)
    if machine.live:
        descriptor = os.open('/dev/urandom', os.O_RDWR)
        try:
            fcntl.ioctl(descriptor, RNDADDENTROPY, struct.pack('ii', 8 * len(seed), len(seed)) + seed)
            fcntl.ioctl(descriptor, RNDRESEEDCRNG)
        finally:
            os.close(descriptor)
    # What systemd feeds to the pool of the next boot; a fork would have the template's.
    saved = '/var/lib/systemd/random-seed'
    size = len(machine.read(saved))
    if size > 0:
        machine.replace(saved, os.urandom(max(size, 32)), 0o600)


def replace_host_key(machine, message):
    path = message.get('hostKeyPath') or '/etc/ssh/ssh_host_ed25519_key'
    private = message['hostPrivateKey'].strip() + '\n'
    server = message.get('sshServer', 'openssh')
    if server == 'dropbear':
        machine.replace(path, dropbear_key(private), 0o600)
        restart_dropbear(machine)
        return
    machine.replace(path, private.encode(), 0o600)
    machine.replace(path + '.pub', (message.get('hostPublicKey', '').strip() + '\n').encode(), 0o644)
    remove_other_host_keys(machine, path)
    # Before 9.8 every connection has a new process of the server, which reads the keys itself.
    if server == 'openssh-session':
        for pid in listeners(machine, 'sshd'):
            os.kill(pid, signal.SIGHUP)


def remove_other_host_keys(machine, kept):
    """Keys of other types are the template's, and every fork would have them."""
    directory = os.path.dirname(kept)
    for name in os.listdir(machine.path(directory)):
        private = name[:-4] if name.endswith('.pub') else name
        if name.startswith('ssh_host_') and private.endswith('_key') and private != os.path.basename(kept):
            os.unlink(machine.path(directory + '/' + name))


def dropbear_key(openssh):
    """The same ed25519 key in dropbear's form: its name, then secret and public half as one string."""
    body = base64.b64decode(''.join(line for line in openssh.splitlines() if '-----' not in line))
    magic = b'openssh-key-v1\0'
    if not body.startswith(magic):
        raise ValueError('the host key is not in the form of OpenSSH')
    rest = body[len(magic):]
    for _ in range(3):
        _, rest = next_string(rest)
    _, rest = next_string(rest[4:])
    secret, _ = next_string(rest)
    name, secret = next_string(secret[8:])
    _, secret = next_string(secret)
    pair, _ = next_string(secret)
    return struct.pack('>I', len(name)) + name + struct.pack('>I', len(pair)) + pair


def next_string(data):
    size = struct.unpack('>I', data[:4])[0]
    if len(data) < 4 + size:
        raise ValueError('the host key ends too early')
    return data[4:4 + size], data[4 + size:]


def restart_dropbear(machine):
    """It reads its key when it starts. What it runs under starts it anew, at once when the mark is there."""
    pid = machine.text('/run/dropbear.pid')
    if machine.live and pid.isdigit():
        machine.replace('/run/sysmonvm/restart-sshd', b'')
        os.kill(int(pid), signal.SIGTERM)


def listeners(machine, name):
    """Processes of this name whose parent is init."""
    found = []
    if not machine.live:
        return found
    for pid in os.listdir('/proc'):
        if not pid.isdigit():
            continue
        line = machine.text('/proc/' + pid + '/stat')
        comm = line[line.find('(') + 1:line.rfind(')')]
        if comm == name and line[line.rfind(')') + 2:].split()[1:2] == ['1']:
            found.append(int(pid))
    return found


def replace_authorized_keys(machine, message):
    added = [key.strip().encode() for key in message.get('addAuthorizedKeys', [])]
    removed = [blob_of(key.encode()) for key in message.get('removeAuthorizedKeys', [])]
    uid, gid, home = account(machine, message['user'])
    directory = home + '/.ssh'
    if not os.path.isdir(machine.path(directory)):
        os.mkdir(machine.path(directory), 0o700)
        if machine.user == 0:
            os.chown(machine.path(directory), uid, gid)
    change_lines(machine, directory + '/authorized_keys', added, removed, (uid, gid))
    if home != '/root':
        # cloud-init puts the user's key there, with a command that says who to log in as.
        change_lines(machine, '/root/.ssh/authorized_keys', [], removed, (0, 0))


def change_lines(machine, path, added, removed, owner):
    lines = machine.read(path).splitlines()
    kept = [line for line in lines if not any(blob in line for blob in removed)]
    kept += [key for key in added if key not in kept]
    if kept != lines:
        machine.replace(path, b''.join(line + b'\n' for line in kept), 0o600, owner)


def blob_of(key):
    words = key.split()
    return words[1] if len(words) > 1 else key


def account(machine, user):
    for line in machine.text('/etc/passwd').splitlines():
        fields = line.split(':')
        if len(fields) >= 7 and fields[0] == user:
            return int(fields[2]), int(fields[3]), fields[5]
    raise ValueError('no user ' + user)


def rename_host(machine, message):
    short = message['hostname']
    full = message.get('fqdn') or short
    old = machine.text('/proc/sys/kernel/hostname')
    machine.overwrite('/proc/sys/kernel/hostname', short.encode())
    machine.replace('/etc/hostname', (short + '\n').encode())
    hosts = machine.read('/etc/hosts').decode('latin-1').splitlines()
    lines = [line if line.lstrip().startswith('#') else named_anew(line, old, short, full) for line in hosts]
    if not any(short in line.split()[1:] for line in lines):
        lines.append('127.0.1.1 ' + ' '.join([full] if full == short else [full, short]))
    machine.replace('/etc/hosts', ''.join(line + '\n' for line in lines).encode('latin-1'))
    previous = '/var/lib/cloud/data/previous-hostname'
    if machine.read(previous):
        machine.replace(previous, (short + '\n').encode())


def named_anew(line, old, short, full):
    words = line.split()
    if not any(word == old or word.startswith(old + '.') for word in words[1:]) or old in ('', 'localhost'):
        return line
    others = [word for word in words[1:] if word != old and not word.startswith(old + '.')]
    names = [full] if full == short else [full, short]
    return ' '.join(words[:1] + names + [word for word in others if word not in names])


def replace_machine_id(machine, new):
    old = machine.text('/etc/machine-id')
    machine.replace('/etc/machine-id', (new + '\n').encode(), 0o444)
    dbus = '/var/lib/dbus/machine-id'
    if os.path.isfile(machine.path(dbus)) and not os.path.islink(machine.path(dbus)):
        machine.replace(dbus, (new + '\n').encode(), 0o444)
    return old


def move_journal(machine, old, new):
    """The journal's directory is named by the machine-id, and its reader looks only there."""
    for directory in ('/run/log/journal/', '/var/log/journal/'):
        if old and old != new and os.path.isdir(machine.path(directory + old)):
            os.rename(machine.path(directory + old), machine.path(directory + new))


def restart_journal(machine):
    """
    It goes on in its open files; where the next one belongs it knows when systemd has started it anew. That is the
    dearest part of a renewal, and a guest that lives for a minute does without.
    """
    for pid in listeners(machine, 'systemd-journal'):
        os.kill(pid, signal.SIGTERM)


def replace_instance_id(machine, new):
    """A later boot with the fork's own seed finds its instance known, and runs nothing a second time."""
    data = '/var/lib/cloud/data/'
    old = machine.text(data + 'instance-id')
    if old == new or not os.path.isdir(machine.path(data)):
        return
    instances = '/var/lib/cloud/instances/'
    if old and os.path.isdir(machine.path(instances + old)) and not os.path.exists(machine.path(instances + new)):
        os.rename(machine.path(instances + old), machine.path(instances + new))
    link = machine.path('/var/lib/cloud/instance')
    if os.path.islink(link):
        fresh = link + '.sysmonvm-new'
        if os.path.lexists(fresh):
            os.unlink(fresh)
        os.symlink(instances + new, fresh)
        os.rename(fresh, link)
    machine.replace(data + 'previous-instance-id', ((old or 'NO_PREVIOUS_INSTANCE_ID') + '\n').encode())
    machine.replace(data + 'instance-id', (new + '\n').encode())
    for name in ('.instance-id', 'instance-data.json', 'instance-data-sensitive.json'):
        content = machine.read('/run/cloud-init/' + name)
        if old and old.encode() in content:
            machine.replace('/run/cloud-init/' + name, content.replace(old.encode(), new.encode()))


def run_hooks(machine):
    directory = '/var/lib/cloud/scripts/per-instance'
    if not os.path.isdir(machine.path(directory)):
        return []
    outcomes = []
    for name in sorted(os.listdir(machine.path(directory))):
        path = machine.path(directory + '/' + name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            outcomes.append(run_hook(path, directory + '/' + name))
    return outcomes


def run_hook(path, name):
    try:
        run = subprocess.Popen([path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               start_new_session=True, restore_signals=True, preexec_fn=as_usual)
        output = run.communicate()[0]
        code = run.returncode
    except OSError as error:
        output, code = str(error).encode(), 127
    tail = output[-TAIL_BYTES:].decode('utf-8', 'replace')
    return {'path': name, 'exitCode': code if code >= 0 else 128 - code, 'tail': tail}


def as_usual():
    os.umask(0o022)
    if os.geteuid() == 0:
        os.setpriority(os.PRIO_PROCESS, 0, 0)
    signal.pthread_sigmask(signal.SIG_SETMASK, set())


def renew(machine, message, read_at):
    """Does what the message asks for, each part for itself; returns the answer, and what is left for later."""
    errors, later, hooks = [], [], []

    def part(name, work, *needed):
        if not all(field in message for field in needed):
            return None
        try:
            work()
            return True
        except Exception as error:  # one part that fails must not keep the others from being done
            errors.append('%s: %s' % (name, str(error) or type(error).__name__))
            return False

    def machine_id():
        old = replace_machine_id(machine, message['machineId'])
        move_journal(machine, old, message['machineId'])
        later.append(lambda: restart_journal(machine))

    # What an SSH server needs comes first, one may be at work for the host already. A new name and a stepped clock wake
    # half of the guest's services, which then are in the way of everything else: they come last.
    reseeded = part('random pool', lambda: reseed(machine, message['seed']), 'seed')
    part('SSH host key', lambda: replace_host_key(machine, message), 'hostPrivateKey')
    part('authorized keys', lambda: replace_authorized_keys(machine, message), 'user')
    part('machine-id', machine_id, 'machineId')
    part('instance-id', lambda: replace_instance_id(machine, message['instanceId']), 'instanceId')
    part('host name', lambda: rename_host(machine, message), 'hostname')
    part('clock', lambda: step_clock(machine, message['epochMs'], read_at), 'epochMs')
    if message.get('runHooks') is True:
        part('hooks', lambda: hooks.extend(run_hooks(machine)))
    answer = {
        'id': message['id'],
        'hostname': os.uname()[1] if machine.live else machine.text('/proc/sys/kernel/hostname'),
        'machineId': machine.text('/etc/machine-id'),
        'reseeded': reseeded is True,
        'hooks': hooks,
        'errors': errors,
        'epochMs': int(machine.now() * 1000),
    }
    return answer, later


def respond(machine, line, read_at):
    try:
        message = json.loads(line.decode('utf-8'))
        if not isinstance(message, dict) or not isinstance(message.get('id'), str):
            raise ValueError('it names no id')
    except ValueError as error:
        message = {'id': ''}
        answer, later = renew(machine, message, read_at)
        answer['errors'].append('the message cannot be read: %s' % error)
        return answer, later
    return renew(machine, message, read_at)


def finish(later):
    for work in later:
        try:
            work()
        except Exception as error:
            sys.stderr.write('sysmonvm-renewal: %s\n' % error)


class HostSleep:
    """Notices that the guest stood still: the RTC went on and the guest's own time did not."""

    def __init__(self, machine):
        self.machine = machine
        self.before = self.ahead()

    def ahead(self):
        rtc = self.machine.rtc()
        return None if rtc is None else rtc - time.monotonic()

    def look(self, called):
        """`called` waits for so many seconds and tells whether a message has come: that is more urgent."""
        ahead, before = self.ahead(), self.before
        if ahead is not None and before is not None and ahead - before > 2:
            if abs(self.machine.rtc() + 0.5 - self.machine.now()) > 2 and not self.step(called):
                return
        self.before = ahead

    def step(self, called):
        """The RTC has whole seconds only; where one begins, it is exact."""
        first = self.machine.rtc()
        end = time.monotonic() + 1.2
        while self.machine.rtc() == first and time.monotonic() < end:
            if called(0.01):
                return False
        self.machine.set_clock(float(self.machine.rtc()))
        return True


class Resident:
    """Reads lines while the host is connected; sleeps while it is not, until the kernel says that it is again."""

    def __init__(self, machine, descriptor, tick):
        self.machine = machine
        self.descriptor = descriptor
        self.tick = tick
        self.rest = b''
        self.poll = select.poll()
        self.poll.register(descriptor, select.POLLIN)
        self.later = []
        self.sync_at = float('inf')
        self.settle_at = float('inf')
        self.due = time.monotonic() + tick
        self.sleep = HostSleep(machine)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGIO})
        fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_NONBLOCK | os.O_ASYNC)

    def run(self):
        while True:
            left = max(0.0, self.due - time.monotonic())
            ready = self.poll.poll(int(left * 1000) + 1)
            data = self.received() if ready and ready[0][1] & select.POLLIN else None
            if data:
                self.take(data)
            elif left == 0.0:
                self.on_tick()
            elif ready and not data:
                self.rest = b''
                signal.sigtimedwait({signal.SIGIO}, left)

    def called(self, seconds):
        ready = self.poll.poll(int(seconds * 1000))
        if ready and not ready[0][1] & select.POLLIN:
            time.sleep(seconds)
        return bool(ready) and bool(ready[0][1] & select.POLLIN)

    def on_tick(self):
        """What a host need not wait for is done now: it has other things to ask of a guest that just woke."""
        now = time.monotonic()
        self.due = now + self.tick
        self.sleep.look(self.called)
        if now >= self.sync_at:
            self.sync_at = float('inf')
            os.sync()
        if now >= self.settle_at:
            self.settle_at = float('inf')
            later, self.later = self.later, []
            finish(later)

    def received(self):
        """Nothing when the host is gone."""
        try:
            return os.read(self.descriptor, 65536)
        except OSError:
            return b''

    def take(self, data):
        read_at = time.monotonic()
        lines = (self.rest + data).split(b'\n')
        self.rest = lines.pop()
        if len(self.rest) > LONGEST_LINE:
            self.rest = b''
        for line in lines:
            if line.strip():
                answer, later = respond(self.machine, line, read_at)
                self.send(json.dumps(answer).encode() + b'\n')
                self.later += later
                self.sync_at = time.monotonic() + self.tick
                self.settle_at = time.monotonic() + JOURNAL_TICKS * self.tick

    def send(self, content):
        """Nobody may be there to read it any more; then it is dropped."""
        end = time.monotonic() + 2
        while content and time.monotonic() < end:
            try:
                content = content[os.write(self.descriptor, content):]
            except OSError as error:
                if error.errno != errno.EAGAIN:
                    return
                time.sleep(0.01)


def open_port(path):
    while True:
        try:
            return os.open(path, os.O_RDWR | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            time.sleep(0.1)


def options(words):
    known = {'--root': '/', '--fd': '', '--port': PORT, '--tick': str(TICK_SECONDS)}
    once = False
    words = list(words)
    while words:
        word = words.pop(0)
        if word == '--once':
            once = True
        elif word in known and words:
            known[word] = words.pop(0)
        else:
            raise SystemExit('renewal.py: what is %s?' % word)
    return once, known


def main(words):
    once, known = options(words)
    os.umask(0)
    machine = Machine(known['--root'])
    if once:
        line = sys.stdin.buffer.readline()
        answer, later = respond(machine, line, time.monotonic())
        sys.stdout.write(json.dumps(answer) + '\n')
        sys.stdout.flush()
        finish(later)
        os.sync()
        return
    descriptor = int(known['--fd']) if known['--fd'] else open_port(known['--port'])
    Resident(machine, descriptor, float(known['--tick'])).run()


if __name__ == '__main__':
    main(sys.argv[1:])
