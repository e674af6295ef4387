// Everything that Rust's standard library keeps on the heap, and what was
// kept there, as the program itself knows it: each live block's address, the
// bytes asked for and the type it was made for go into a file, then the program
// aborts.
//
//     rust_zoo TRUTH [SCALE [static]]
//
// All is held by locals of main, or by a static besides.
// --cfg newer_std adds what rustc 1.80 and later have.

use std::alloc::{GlobalAlloc, Layout, System};
use std::borrow::Cow;
use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::{
    BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque,
};
use std::future::Future;
use std::io::{self, Write};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::sync::{mpsc, Arc, Condvar, Mutex, RwLock};
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

// ---- the truth

#[derive(Clone, Copy)]
struct Entry {
    hidden: usize, // the address: none of this is to keep a block
    size: usize,
    kind: &'static str,
    is_leaked: bool,
}

const HIDE: usize = 0x5a5a << 48;
const EMPTY: Entry = Entry { hidden: 0, size: 0, kind: "", is_leaked: false };
const NUM_ENTRIES: usize = 1 << 20;

struct Table(UnsafeCell<[Entry; NUM_ENTRIES]>);
unsafe impl Sync for Table {}
static TABLE: Table = Table(UnsafeCell::new([EMPTY; NUM_ENTRIES]));
static TABLE_LOCK: AtomicBool = AtomicBool::new(false);
static IS_LEAKING: AtomicBool = AtomicBool::new(false);

thread_local! {
    static KIND: Cell<&'static str> = const { Cell::new("std") };
}

/// The entry of that address, or the free one where it belongs: addresses of
/// freed blocks keep their places.
fn with_entry(address: usize, set: impl FnOnce(&mut Entry)) {
    while TABLE_LOCK.swap(true, Ordering::Acquire) {}
    let entries = unsafe { &mut *TABLE.0.get() };
    let mut at = (address >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44;
    loop {
        let entry = &mut entries[at & (NUM_ENTRIES - 1)];
        if entry.hidden == 0 || entry.hidden == address ^ HIDE {
            entry.hidden = address ^ HIDE;
            set(entry);
            break;
        }
        at += 1;
    }
    TABLE_LOCK.store(false, Ordering::Release);
}

struct Recording;

unsafe impl GlobalAlloc for Recording {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let block = System.alloc(layout);
        let kind = KIND.try_with(|kind| kind.get()).unwrap_or("std");
        with_entry(block as usize, |entry| {
            entry.size = layout.size();
            entry.kind = kind;
            entry.is_leaked = IS_LEAKING.load(Ordering::Relaxed);
        });
        block
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        with_entry(block as usize, |entry| entry.size = 0);
        System.dealloc(block, layout);
    }
}

#[global_allocator]
static ALLOCATOR: Recording = Recording;

/// What `make` allocates is of type `kind`, as far as it says nothing else.
#[inline(never)]
fn of<R>(kind: &'static str, make: impl FnOnce() -> R) -> R {
    let before = KIND.with(|cell| cell.replace(kind));
    let made = make();
    KIND.with(|cell| cell.set(before));
    made
}

fn write_truth(path: &str) {
    let entries = unsafe { &*TABLE.0.get() };
    let mut file = io::BufWriter::new(std::fs::File::create(path).unwrap());
    let own = file.buffer().as_ptr() as usize;
    for entry in entries.iter() {
        let address = entry.hidden ^ HIDE;
        if entry.size > 0 && address != own {
            let leaked = if entry.is_leaked { "leaked " } else { "" };
            let (size, kind) = (entry.size, entry.kind);
            writeln!(file, "{:#x} {} {}{}", address, size, leaked, kind)
                .unwrap();
        }
    }
    file.flush().unwrap();
}

/// What it is given is there until then, as far as the compiler knows.
#[inline(never)]
fn keep<T>(value: &T) {
    unsafe { std::ptr::read_volatile(value as *const T as *const u8) };
}

// ---- types

fn text(value: usize) -> String {
    of("u8", || format!("text number {}", value))
}

#[allow(dead_code)]
pub struct Rec {
    id: u64,
    name: String,
    small: u8,
}

fn rec(id: usize) -> Rec {
    Rec { id: id as u64, name: text(id), small: id as u8 }
}

pub trait Shape {
    fn area(&self) -> f64;
}

pub struct Circle {
    radius: f64,
    label: String,
}

pub struct Square {
    side: f64,
}

#[repr(align(32))]
pub struct Wide {
    side: f64,
    name: String,
}

impl Shape for Circle {
    fn area(&self) -> f64 {
        self.radius * self.radius * 3.14 + self.label.len() as f64
    }
}

impl Shape for Square {
    fn area(&self) -> f64 {
        self.side * self.side
    }
}

impl Shape for Wide {
    fn area(&self) -> f64 {
        self.side * self.name.len() as f64
    }
}

fn shape(number: usize) -> Box<dyn Shape> {
    match number % 3 {
        0 => {
            let circle = Circle { radius: number as f64, label: text(number) };
            of("Circle", || Box::new(circle) as Box<dyn Shape>)
        }
        1 => of("Square", || Box::new(Square { side: 1.0 }) as Box<dyn Shape>),
        _ => {
            let wide = Wide { side: 2.0, name: text(number) };
            of("Wide", || Box::new(wide) as Box<dyn Shape>)
        }
    }
}

/// A tree: boxes within an enum within a struct.
#[allow(dead_code)]
pub struct Tree {
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
    value: u32,
}

fn tree(depth: usize) -> Option<Box<Tree>> {
    if depth == 0 {
        return None;
    }
    let node = Tree {
        left: tree(depth - 1),
        right: tree(depth - 1),
        value: depth as u32,
    };
    Some(of("Tree", || Box::new(node)))
}

#[allow(dead_code)]
pub struct Peer {
    number: u32,
    next: RefCell<Option<Rc<Peer>>>,
    up: RefCell<std::rc::Weak<Peer>>,
    name: String,
}

fn peer(number: usize) -> Rc<Peer> {
    let peer = Peer {
        number: number as u32,
        next: RefCell::new(None),
        up: RefCell::new(std::rc::Weak::new()),
        name: text(number),
    };
    of("RcInner<Peer>", || Rc::new(peer))
}

#[allow(dead_code)]
pub struct Shared {
    lock: Mutex<Vec<u32>>,
    table: RwLock<Option<String>>,
    parent: Option<Arc<Shared>>,
}

fn shared(number: usize, parent: Option<Arc<Shared>>) -> Arc<Shared> {
    let numbers = of("u32", || vec![number as u32; 5]);
    let value = Shared {
        lock: Mutex::new(numbers),
        table: RwLock::new(Some(text(number))),
        parent,
    };
    of("ArcInner<Shared>", || Arc::new(value))
}

/// A niche in a string's capacity.
#[allow(dead_code)]
pub enum Niche {
    Text(String),
    Nothing,
    Pair,
}

/// A tag of its own, numbers of its own.
#[allow(dead_code)]
#[repr(i8)]
#[cfg(newer_std)]
pub enum Tagged {
    Boxed(Box<u64>) = -3,
    Number(u64) = -2,
    Texts(Vec<String>) = 5,
}

#[allow(dead_code)]
#[cfg(not(newer_std))]
pub enum Tagged {
    Boxed(Box<u64>),
    Number(u64),
    Texts(Vec<String>),
}

/// A tag that needs 16 bytes.
#[allow(dead_code)]
#[cfg(newer_std)]
#[repr(u128)]
pub enum Huge {
    Small(Box<u32>) = 1,
    Large(String) = 1 << 100,
}

#[allow(dead_code)]
#[cfg(not(newer_std))]
pub enum Huge {
    Small(Box<u32>),
    Large(String),
}

#[allow(dead_code)]
pub enum Never {}

#[allow(dead_code)]
pub enum Lonely {
    Only(Box<[u16; 7]>),
}

#[allow(dead_code)]
pub struct Enums {
    niche: Niche,
    tagged: Tagged,
    lonely: Lonely,
    borrowed: Cow<'static, str>,
    owned: Cow<'static, str>,
    letter: Option<char>,
    deep: Option<Option<Option<bool>>>,
    result: Result<Box<Rec>, Never>,
    other: Result<u64, Box<Rec>>,
    huge: Huge,
}

fn enums(number: usize) -> Enums {
    let only = of("[u16; 7]", || Box::new([7; 7]));
    let owned = text(number);
    let boxed = rec(number);
    let other = rec(number);
    Enums {
        niche: match number % 3 {
            0 => Niche::Text(text(number)),
            1 => Niche::Nothing,
            _ => Niche::Pair,
        },
        tagged: match number % 3 {
            0 => Tagged::Boxed(of("u64", || Box::new(7))),
            1 => Tagged::Number(number as u64),
            _ => {
                let one = text(1);
                Tagged::Texts(of("String", || vec![one]))
            }
        },
        lonely: Lonely::Only(only),
        borrowed: Cow::Borrowed("a literal"),
        owned: Cow::Owned(owned),
        letter: Some('x'),
        deep: Some(Some(None)),
        result: Ok(of("Rec", || Box::new(boxed))),
        other: if number % 2 == 0 {
            Err(of("Rec", || Box::new(other)))
        } else {
            Ok(number as u64)
        },
        huge: if number % 2 == 0 {
            Huge::Small(of("u32", || Box::new(1)))
        } else {
            Huge::Large(text(number))
        },
    }
}

// ---- async

struct Pending {
    left: u32,
}

impl Future for Pending {
    type Output = u32;
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u32> {
        if self.left == 0 {
            return Poll::Ready(1);
        }
        self.left -= 1;
        Poll::Pending
    }
}

async fn inner(name: String, held: Box<Rec>) -> usize {
    let got = Pending { left: 5 }.await;
    name.len() + held.name.len() + got as usize
}

async fn outer(number: usize) -> usize {
    let record = rec(number);
    let held = of("Rec", || Box::new(record));
    let first = inner(text(number), held).await;
    first + 1
}

fn waker() -> Waker {
    unsafe fn copy(data: *const ()) -> RawWaker {
        RawWaker::new(data, &TABLE)
    }
    unsafe fn nothing(_: *const ()) {}
    static TABLE: RawWakerVTable =
        RawWakerVTable::new(copy, nothing, nothing, nothing);
    unsafe { Waker::from_raw(RawWaker::new(std::ptr::null(), &TABLE)) }
}

type Task = Pin<Box<dyn Future<Output = usize>>>;

/// Polled once: it waits in the innermost function.
fn task(number: usize) -> Task {
    let mut task: Task = of("async", || Box::pin(outer(number)) as Task);
    let waker = waker();
    let _ = task.as_mut().poll(&mut Context::from_waker(&waker));
    task
}

// ---- what is kept

#[derive(Default)]
#[allow(dead_code)]
pub struct World {
    recs: Vec<Rec>,
    texts: Vec<String>,
    boxes: Vec<Box<u64>>,
    slices: Vec<Box<[u32]>>,
    strs: Vec<Box<str>>,
    shapes: Vec<Box<dyn Shape>>,
    tree: Option<Box<Tree>>,
    peers: Vec<Rc<Peer>>,
    shared: Vec<Arc<Shared>>,
    rc_slices: Vec<Rc<[u16]>>,
    arc_strs: Vec<Arc<str>>,
    rc_shapes: Vec<Rc<dyn Shape>>,
    dead: Vec<std::rc::Weak<Peer>>,
    by_name: HashMap<String, Rec>,
    by_number: HashMap<u32, Box<Rec>>,
    wide_map: HashMap<u8, Wide>,
    seen: HashSet<String>,
    sorted: BTreeMap<String, Rec>,
    sorted_set: BTreeSet<u64>,
    emptied: BTreeMap<u32, String>,
    list: LinkedList<Rec>,
    ring: VecDeque<String>,
    heap: BinaryHeap<(u32, String)>,
    enums: Vec<Enums>,
    closures: Vec<Box<dyn Fn(usize) -> usize>>,
    tasks: Vec<Task>,
    errors: Vec<io::Error>,
    any: Vec<Box<dyn std::any::Any>>,
    nested: Vec<Vec<Option<Rec>>>,
    iterators: Vec<std::vec::IntoIter<String>>,
    nothing: Vec<()>,
}

fn fill_plain(world: &mut World, scale: usize) {
    for i in 0..scale * 20 {
        let one = rec(i);
        of("Rec", || world.recs.push(one));
    }
    for i in 0..scale * 20 {
        let one = text(i);
        of("String", || world.texts.push(one));
        let one = of("u64", || Box::new(i as u64));
        of("Box<u64>", || world.boxes.push(one));
    }
    for i in 0..scale * 3 {
        let one = of("u32", || vec![i as u32; i % 7 + 1].into_boxed_slice());
        of("Box<[u32]>", || world.slices.push(one));
        let one = of("u8", || format!("boxed {}", i).into_boxed_str());
        of("Box<str>", || world.strs.push(one));
    }
    for i in 0..scale * 10 {
        let one = shape(i);
        of("Box<dyn Shape>", || world.shapes.push(one));
    }
    for i in 0..scale {
        let mut inner = Vec::new();
        for k in 0..i % 4 {
            let one = if k % 2 == 0 { Some(rec(k)) } else { None };
            of("Option<Rec>", || inner.push(one));
        }
        of("Vec<Option<Rec>>", || world.nested.push(inner));
        let mut texts = Vec::new();
        for k in 0..3 {
            let one = text(k);
            of("String", || texts.push(one));
        }
        let mut iterator = texts.into_iter();
        iterator.next();
        of("IntoIter<String>", || world.iterators.push(iterator));
        world.nothing.push(());
    }
    world.tree = tree((scale * 8).next_power_of_two().trailing_zeros() as usize);
}

fn fill_counted(world: &mut World, scale: usize) {
    for i in 0..scale * 10 {
        let one = peer(i);
        if let Some(last) = world.peers.last() {
            *one.up.borrow_mut() = Rc::downgrade(last);
            *last.next.borrow_mut() = Some(one.clone());
        }
        of("Rc<Peer>", || world.peers.push(one));
    }
    for i in 0..scale * 5 {
        let one = shared(i, world.shared.last().cloned());
        of("Arc<Shared>", || world.shared.push(one));
    }
    for i in 0..scale {
        let one: Rc<[u16]> = of("u16", || Rc::from(vec![i as u16; 5]));
        of("Rc<[u16]>", || world.rc_slices.push(one));
        let one: Arc<str> = of("u8", || Arc::from("shared text"));
        of("Arc<str>", || world.arc_strs.push(one));
        let wide = Wide { side: 1.0, name: text(i) };
        let one = of("RcInner<Wide>", || Rc::new(wide) as Rc<dyn Shape>);
        of("Rc<dyn Shape>", || world.rc_shapes.push(one));
        let gone = peer(i);
        let weak = Rc::downgrade(&gone);
        drop(gone);
        of("Weak<Peer>", || world.dead.push(weak));
    }
}

fn fill_maps(world: &mut World, scale: usize) {
    for i in 0..scale * 15 {
        let key = text(i);
        let value = rec(i);
        of("(String, Rec)", || world.by_name.insert(key, value));
        let one = rec(i);
        let value = of("Rec", || Box::new(one));
        of("(u32, Box<Rec>)", || world.by_number.insert(i as u32, value));
        let key = text(i);
        of("(String, ())", || world.seen.insert(key));
    }
    for i in 0..20 {
        let value = Wide { side: 1.0, name: text(i) };
        of("(u8, Wide)", || world.wide_map.insert(i as u8, value));
    }
    for i in 0..scale * 15 {
        world.seen.remove(&format!("text number {}", i * 3));
        let key = text(i);
        let value = rec(i);
        of("Node<String, Rec>", || world.sorted.insert(key, value));
        of("Node<u64, SetValZST>", || {
            world.sorted_set.insert((i * 7919 % 10007) as u64)
        });
    }
    let value = text(1);
    of("Node<u32, String>", || world.emptied.insert(1, value));
    world.emptied.clear();
    for i in 0..scale * 5 {
        let one = rec(i);
        of("Node<Rec>", || world.list.push_back(one));
        let one = text(i);
        of("String", || world.ring.push_back(one));
        if i % 3 == 0 {
            world.ring.pop_front();
        }
        let one = text(i);
        of("(u32, String)", || world.heap.push((i as u32, one)));
    }
}

fn fill_odd(world: &mut World, scale: usize) {
    for i in 0..scale * 5 {
        let one = enums(i);
        of("Enums", || world.enums.push(one));
    }
    for i in 0..scale * 3 {
        let held = rec(i);
        let extra = text(i);
        let one = of("closure", || {
            Box::new(move |n| n + held.name.len() + extra.len())
                as Box<dyn Fn(usize) -> usize>
        });
        of("Box<dyn Fn<(usize), Output=usize>>", || world.closures.push(one));
        let one = task(i);
        of("Pin<Box<dyn Future<Output=usize>>>", || world.tasks.push(one));
        let message = text(i);
        let one = of("error", || io::Error::new(io::ErrorKind::Other, message));
        of("Error", || world.errors.push(one));
        let one: Box<dyn std::any::Any> = match i % 3 {
            0 => {
                let value = text(i);
                of("String", || Box::new(value))
            }
            1 => of("u32", || Box::new(i as u32)),
            _ => {
                let value = rec(i);
                of("Rec", || Box::new(value))
            }
        };
        of("Box<dyn Any>", || world.any.push(one));
    }
}

// ---- statics

static NAMES: Mutex<Vec<String>> = Mutex::new(Vec::new());
static mut PLAIN: Vec<Box<Rec>> = Vec::new();

thread_local! {
    static LAZY: RefCell<Vec<String>> = RefCell::new(Vec::new());
    static EAGER: RefCell<Vec<Box<u64>>> = const { RefCell::new(Vec::new()) };
}

#[cfg(newer_std)]
static ONCE: std::sync::OnceLock<HashMap<u64, String>> =
    std::sync::OnceLock::new();
#[cfg(newer_std)]
static UNSET: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
#[cfg(newer_std)]
static LAZILY: std::sync::LazyLock<Vec<String>> =
    std::sync::LazyLock::new(|| {
        let one = text(5);
        of("String", || vec![one])
    });

#[allow(unknown_lints, static_mut_refs)]
fn fill_statics(scale: usize) {
    for i in 0..scale {
        let one = text(i);
        of("String", || NAMES.lock().unwrap().push(one));
        let one = rec(i);
        let one = of("Rec", || Box::new(one));
        of("Box<Rec>", || unsafe { PLAIN.push(one) });
    }
    #[cfg(newer_std)]
    {
        let mut map = HashMap::new();
        for i in 0..scale {
            let one = text(i);
            of("(u64, String)", || map.insert(i as u64, one));
        }
        let _ = ONCE.set(map);
        assert!(!LAZILY.is_empty() && UNSET.get().is_none());
    }
}

fn fill_thread(scale: usize) {
    for i in 0..scale {
        let one = text(i);
        of("String", || LAZY.with(|lazy| lazy.borrow_mut().push(one)));
        let one = of("u64", || Box::new(i as u64));
        of("Box<u64>", || EAGER.with(|eager| eager.borrow_mut().push(one)));
    }
}

// ---- leaks

fn leak(scale: usize) {
    IS_LEAKING.store(true, Ordering::Relaxed);
    for i in 0..scale * 2 {
        let first = peer(i);
        let second = peer(i);
        *first.next.borrow_mut() = Some(second.clone());
        *second.next.borrow_mut() = Some(first.clone());
        *second.up.borrow_mut() = Rc::downgrade(&first);
    }
    for i in 0..scale {
        let one = rec(i);
        let _ = Box::leak(of("Rec", || Box::new(one)));
        std::mem::forget(shape(i));
        let one = shared(i, None);
        let _ = Arc::into_raw(one);
    }
    IS_LEAKING.store(false, Ordering::Relaxed);
}

// ---- threads

struct Gate {
    num_ready: Mutex<usize>,
    changed: Condvar,
}

static STOP: AtomicUsize = AtomicUsize::new(0);
static WORLD: AtomicPtr<World> = AtomicPtr::new(std::ptr::null_mut());
static MESSAGES: AtomicPtr<mpsc::Receiver<Rec>> =
    AtomicPtr::new(std::ptr::null_mut());

fn wait_for_ever() -> ! {
    loop {
        std::thread::park();
    }
}

#[inline(never)]
fn worker(scale: usize, number: usize, gate: &'static Gate) {
    fill_thread(scale);
    let local = of("u8", || format!("local of {}", number));
    *gate.num_ready.lock().unwrap() += 1;
    gate.changed.notify_all();
    while STOP.load(Ordering::Relaxed) == 0 {
        std::thread::park();
    }
    keep(&local);
}

#[inline(never)]
fn stay(world: &World, messages: &mpsc::Receiver<Rec>, path: &str) {
    write_truth(path);
    if std::env::var_os("RUST_ZOO_WAIT").is_some() {
        println!("ready");
        wait_for_ever();
    }
    keep(&(world, messages));
    std::process::abort();
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().expect("rust_zoo TRUTH [SCALE]");
    let scale = arguments.next().map_or(4, |scale| scale.parse().unwrap());
    let mut world = World::default();

    fill_plain(&mut world, scale);
    fill_counted(&mut world, scale);
    fill_maps(&mut world, scale);
    fill_odd(&mut world, scale);
    fill_statics(scale);
    fill_thread(scale);
    leak(scale);

    let (sender, receiver) = mpsc::channel();
    for i in 0..scale * 5 {
        let one = rec(i);
        of("Block<Rec>", || sender.send(one).unwrap());
    }
    for _ in 0..scale {
        receiver.recv().unwrap();
    }
    let (bounded, other) = mpsc::sync_channel(8);
    for i in 0..5 {
        let one = text(i);
        bounded.send(one).unwrap();
    }
    other.recv().unwrap();

    let gate: &'static Gate = Box::leak(of("Gate", || {
        Box::new(Gate { num_ready: Mutex::new(0), changed: Condvar::new() })
    }));
    for number in 0..3 {
        std::thread::spawn(move || worker(scale, number, gate));
    }
    let mut num_ready = gate.num_ready.lock().unwrap();
    while *num_ready < 3 {
        num_ready = gate.changed.wait(num_ready).unwrap();
    }
    drop(num_ready);
    if arguments.next().is_some() {
        let world = of("World", || Box::into_raw(Box::new(world)));
        let receiver = of("Receiver<Rec>", || Box::into_raw(Box::new(receiver)));
        WORLD.store(world, Ordering::SeqCst);
        MESSAGES.store(receiver, Ordering::SeqCst);
        let world = unsafe { &*WORLD.load(Ordering::SeqCst) };
        stay(world, unsafe { &*MESSAGES.load(Ordering::SeqCst) }, &path);
    } else {
        stay(&world, &receiver, &path);
    }
    keep(&(&bounded, &other, &sender));
}
