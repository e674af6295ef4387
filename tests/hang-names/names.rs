// A lock within what another one guards, and members that are called as theirs.
use std::sync::{Mutex, RwLock};
use std::thread;
use std::time::Duration;

struct Store {
    number: u64,
    inner: Mutex<u64>,
    state: RwLock<u64>,
}

static DATA: Mutex<u64> = Mutex::new(0);
static STORE: RwLock<Store> = RwLock::new(Store {
    number: 1,
    inner: Mutex::new(2),
    state: RwLock::new(3),
});

fn main() {
    let _data = DATA.lock();
    let store = STORE.read().unwrap();
    let _inner = store.inner.lock();
    let _state = store.state.write();
    thread::spawn(|| drop(DATA.lock()));
    thread::spawn(|| drop(STORE.read().unwrap().inner.lock()));
    thread::spawn(|| drop(STORE.read().unwrap().state.read()));
    thread::sleep(Duration::from_millis(200));
    thread::spawn(|| drop(STORE.write()));
    thread::sleep(Duration::from_millis(200));
    println!("ready {}", store.number);
    thread::sleep(Duration::from_secs(3600));
}
