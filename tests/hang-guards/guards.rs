// The same with the locks of Rust's std.
use std::sync::{Condvar, Mutex, RwLock};
use std::thread;
use std::time::Duration;

static FIRST: Mutex<u64> = Mutex::new(1);
static SECOND: Mutex<u64> = Mutex::new(2);
static TABLE: RwLock<[u64; 4]> = RwLock::new([0; 4]);
static IDLE: Mutex<bool> = Mutex::new(false);
static CHANGED: Condvar = Condvar::new();

extern "C" {
    fn gettid() -> i32;
}

fn say(kind: &str, owner: &str) {
    println!("{} {} {}", unsafe { gettid() }, kind, owner);
}

fn rest() {
    loop {
        thread::sleep(Duration::from_secs(1000));
    }
}

fn cross(mine: &Mutex<u64>, other: &Mutex<u64>, name: &str, others: &str) {
    let first = mine.lock().unwrap();
    println!("is {} {}", name, unsafe { gettid() });
    thread::sleep(Duration::from_millis(200));
    say("lock", others);
    let second = other.lock().unwrap();
    println!("{} {}", *first, *second);
}

fn main() {
    thread::spawn(|| cross(&FIRST, &SECOND, "first", "second"));
    thread::spawn(|| cross(&SECOND, &FIRST, "second", "first"));
    thread::spawn(|| {
        let table = TABLE.read().unwrap();
        println!("is reader {}", unsafe { gettid() });
        say("sleep", "none");
        rest();
        println!("{}", table[0]);
    });
    thread::sleep(Duration::from_millis(100));
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
    thread::sleep(Duration::from_millis(500));
    say("sleep", "none");
    println!("ready");
    rest();
}
