// Threads that wait for parking_lot's locks, which do not know who holds them,
// at words of parking_lot's own.  Each writes a line before it waits: its TID,
// what for, the object, and the name of who owns it.
//
//	locks all|healthy|lost
use parking_lot::{Condvar, FairMutex, Mutex, MutexGuard, ReentrantMutex, RwLock};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

static PAIR: [Mutex<u64>; 2] = [Mutex::new(1), Mutex::new(2)];
static TRIO: [Mutex<u64>; 3] = [Mutex::new(1), Mutex::new(2), Mutex::new(3)];
static IDLE: Mutex<bool> = Mutex::new(false);
static CHANGED: Condvar = Condvar::new();
static SAID: AtomicUsize = AtomicUsize::new(0);

/// What one sleeping thread holds, and others want.
struct Held {
    plain: Mutex<u64>,
    fair: FairMutex<u64>,
    again: ReentrantMutex<u64>,
    read: RwLock<u64>,
    written: RwLock<u64>,
}

/// Whoever reads the table wants the cache, and the other way round.
struct Both {
    table: RwLock<u64>,
    cache: Mutex<u64>,
}

extern "C" {
    fn gettid() -> i32;
}

fn say<T>(kind: &str, object: &T, owner: &str) {
    println!("{} {} {:p} {}", unsafe { gettid() }, kind, object, owner);
    SAID.fetch_add(1, Ordering::SeqCst);
}

fn is(name: &str) {
    println!("is {} {}", name, unsafe { gettid() });
}

/// Until that many have said what they wait for, and have had time to.
fn await_said(num: usize) {
    while SAID.load(Ordering::SeqCst) < num {
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(Duration::from_millis(300));
}

fn rest() {
    println!("{} sleep 0x0 none", unsafe { gettid() });
    SAID.fetch_add(1, Ordering::SeqCst);
    while SAID.load(Ordering::SeqCst) > 0 {
        thread::sleep(Duration::from_secs(1000));
    }
}

fn hold(held: &Held) {
    let plain = held.plain.lock();
    let fair = held.fair.lock();
    let again = held.again.lock();
    let read = held.read.read();
    let mut written = held.written.write();
    is("holder");
    *written += *plain + *fair + *again + *read;
    rest();
    *written += *plain + *fair + *again + *read;
}

/// One of a ring: it has its own, waits for all others, and wants the next.
fn ring(locks: &'static [Mutex<u64>], own: usize, name: &str, all: &Barrier) {
    let next = (own + 1) % locks.len();
    let mut first = locks[own].lock();
    is(&format!("{}{}", name, own));
    all.wait();
    say("lock", &locks[next], &format!("{}{}", name, next));
    *first += *locks[next].lock();
}

fn begin_ring(locks: &'static [Mutex<u64>], name: &'static str) {
    let all = Arc::new(Barrier::new(locks.len()));
    for own in 0..locks.len() {
        let all = all.clone();
        thread::spawn(move || ring(locks, own, name, &all));
    }
}

fn read_table(both: &Both, begun: &Barrier) {
    let table = both.table.read();
    is("reader");
    begun.wait();
    say("lock", &both.cache, "writer");
    *both.cache.lock() += *table;
}

fn write_table(both: &Both, begun: &Barrier) {
    let mut cache = both.cache.lock();
    is("writer");
    begun.wait();
    say("rwlock-write", &both.table, "reader");
    *both.table.write() += *cache;
    *cache += 1;
}

fn begin_readers_ring() {
    let both: &'static Both = Box::leak(Box::new(Both {
        table: RwLock::new(1),
        cache: Mutex::new(1),
    }));
    let begun = Arc::new(Barrier::new(2));
    let same = begun.clone();
    thread::spawn(move || read_table(both, &begun));
    thread::spawn(move || write_table(both, &same));
}

fn wait_idle(guard: &mut MutexGuard<bool>) {
    say("condition", &CHANGED, "none");
    while !**guard {
        CHANGED.wait(guard);
    }
}

fn begin_held() {
    let held: &'static Held = Box::leak(Box::new(Held {
        plain: Mutex::new(1),
        fair: FairMutex::new(1),
        again: ReentrantMutex::new(1),
        read: RwLock::new(1),
        written: RwLock::new(1),
    }));
    thread::spawn(move || hold(held));
    await_said(1);
    thread::spawn(move || {
        say("lock", &held.plain, "holder");
        *held.plain.lock() += 1;
    });
    thread::spawn(move || {
        say("lock", &held.fair, "holder");
        *held.fair.lock() += 1;
    });
    thread::spawn(move || {
        say("lock-around", &held.again, "holder");
        println!("{}", *held.again.lock());
    });
    thread::spawn(move || {
        say("rwlock-write", &held.read, "holder");
        *held.read.write() += 1;
    });
    thread::spawn(move || {
        say("rwlock-write", &held.written, "holder");
        *held.written.write() += 1;
    });
    thread::spawn(move || {
        say("rwlock-read", &held.written, "holder");
        println!("{}", *held.written.read());
    });
    thread::spawn(move || {
        say("lock", &held.plain, "holder");
        println!("{}", held.plain.try_lock_for(Duration::from_secs(10000)).is_some());
    });
    thread::spawn(|| wait_idle(&mut IDLE.lock()));
}

fn begin_healthy() {
    begin_held();
    await_said(9);
}

fn begin_all() {
    begin_held();
    begin_ring(&PAIR, "pair");
    begin_ring(&TRIO, "trio");
    begin_readers_ring();
    await_said(16);
}

/// What is on the heap; and nobody is left who would notify.
fn begin_lost() {
    let both: &'static (Mutex<bool>, Condvar) =
        Box::leak(Box::new((Mutex::new(false), Condvar::new())));
    let other = thread::spawn(move || {
        let mut guard = both.0.lock();
        is("lost");
        say("condition", &both.1, "none");
        while !*guard {
            both.1.wait(&mut guard);
        }
    });
    await_said(1);
    println!("ready");
    other.join().unwrap();
}

fn main() {
    let kinds: HashMap<&str, fn()> = HashMap::from([
        ("all", begin_all as fn()),
        ("healthy", begin_healthy),
        ("lost", begin_lost),
    ]);
    let kind = std::env::args().nth(1).unwrap_or_default();
    kinds[kind.as_str()]();
    println!("ready");
    rest();
}
