// The same with the locks of Rust's std.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Condvar, Mutex, RwLock};
use std::thread;
use std::time::Duration;

static FIRST: Mutex<u64> = Mutex::new(1);
static SECOND: Mutex<u64> = Mutex::new(2);
static TABLE: RwLock<[u64; 4]> = RwLock::new([0; 4]);
static IDLE: Mutex<bool> = Mutex::new(false);
static CHANGED: Condvar = Condvar::new();
static SAID: AtomicUsize = AtomicUsize::new(0);

extern "C" {
    fn gettid() -> i32;
}

fn say(kind: &str, owner: &str) {
    println!("{} {} {}", unsafe { gettid() }, kind, owner);
    SAID.fetch_add(1, Ordering::SeqCst);
}

/// Until that many have said what they wait for, and have had time to.
fn await_said(num: usize) {
    while SAID.load(Ordering::SeqCst) < num {
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(Duration::from_millis(500));
}

fn rest() {
    loop {
        thread::sleep(Duration::from_secs(1000));
    }
}

fn cross(both: &Barrier, mine: &Mutex<u64>, other: &Mutex<u64>, name: &str, others: &str) {
    let first = mine.lock().unwrap();
    println!("is {} {}", name, unsafe { gettid() });
    both.wait();
    say("lock", others);
    let second = other.lock().unwrap();
    println!("{} {}", *first, *second);
}

fn main() {
    let both = Arc::new(Barrier::new(2));
    let same = both.clone();
    thread::spawn(move || cross(&both, &FIRST, &SECOND, "first", "second"));
    thread::spawn(move || cross(&same, &SECOND, &FIRST, "second", "first"));
    thread::spawn(|| {
        let table = TABLE.read().unwrap();
        println!("is reader {}", unsafe { gettid() });
        say("sleep", "none");
        rest();
        println!("{}", table[0]);
    });
    await_said(3);
    thread::spawn(|| {
        say("rwlock-write", "reader");
        let mut table = TABLE.write().unwrap();
        table[0] = 1;
        println!("{}", table[0]);
    });
    thread::spawn(|| {
        let mut is_over = IDLE.lock().unwrap();
        say("condition", "none");
        while !*is_over {
            is_over = CHANGED.wait(is_over).unwrap();
        }
    });
    await_said(5);
    say("sleep", "none");
    println!("ready");
    rest();
}
