// Store: a server of documents, std only, stopped under load, for typing.
//
//	rust DOCUMENTS CHECK
//
// Documents come in over TCP from its own clients, are parsed, indexed, kept in
// a cache with an order of use, and watched by subscribers.  When all is there
// CHECK is written, "0xADDRESS NAME[|NAME...]" a line for a sample of blocks:
// what the program itself says lies there.  Then it aborts, with its threads in
// the middle of requests.
#![allow(dead_code)]
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{channel, sync_channel, Sender};
use std::sync::{Arc, Condvar, Mutex, OnceLock, RwLock};
use std::thread;
use std::time::Duration;

// ---- documents

#[derive(Clone, Debug, PartialEq)]
enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Object(BTreeMap<String, Value>),
    Shared(Arc<Document>),
}

#[derive(Debug, PartialEq)]
struct Document {
    id: u64,
    title: String,
    body: Value,
    tags: Vec<Arc<str>>,
    revision: Option<Box<Revision>>,
}

#[derive(Debug, PartialEq)]
struct Revision {
    number: u32,
    author: Option<String>,
    before: Option<Box<Revision>>,
}

struct Parser<'a> {
    rest: &'a [u8],
}

impl<'a> Parser<'a> {
    fn value(&mut self) -> Option<Value> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        match first {
            b'n' => Some(Value::Null),
            b't' => Some(Value::Bool(true)),
            b'"' => Some(Value::Text(self.text()?)),
            b'[' => {
                let mut list = Vec::new();
                while self.rest.first()? != &b']' {
                    list.push(self.value()?);
                    self.skip(b',');
                }
                self.skip(b']');
                Some(Value::List(list))
            }
            b'{' => {
                let mut map = BTreeMap::new();
                while self.rest.first()? != &b'}' {
                    self.skip(b'"');
                    let key = self.text()?;
                    self.skip(b':');
                    map.insert(key, self.value()?);
                    self.skip(b',');
                }
                self.skip(b'}');
                Some(Value::Object(map))
            }
            _ => {
                let end = self.rest.iter().position(|c| !c.is_ascii_digit() && *c != b'.');
                let (digits, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
                let mut all = vec![first];
                all.extend_from_slice(digits);
                self.rest = rest;
                String::from_utf8(all).ok()?.parse().ok().map(Value::Number)
            }
        }
    }

    fn text(&mut self) -> Option<String> {
        let end = self.rest.iter().position(|c| *c == b'"')?;
        let text = String::from_utf8(self.rest[..end].to_vec()).ok()?;
        self.rest = &self.rest[end + 1..];
        Some(text)
    }

    fn skip(&mut self, c: u8) {
        if self.rest.first() == Some(&c) {
            self.rest = &self.rest[1..];
        }
    }
}

// ---- who is told of changes

trait Watcher: Send + Sync {
    fn told(&self, document: &Arc<Document>);
}

struct Counter {
    seen: AtomicUsize,
    name: String,
}

struct Keeper {
    last: Mutex<VecDeque<Arc<Document>>>,
    limit: usize,
}

struct Forwarder {
    to: Mutex<Sender<Event>>,
}

enum Event {
    Changed(Arc<Document>),
    Renamed { from: String, to: String },
    Tick(u64),
}

impl Watcher for Counter {
    fn told(&self, _: &Arc<Document>) {
        self.seen.fetch_add(self.name.len(), Ordering::Relaxed);
    }
}

impl Watcher for Keeper {
    fn told(&self, document: &Arc<Document>) {
        let mut last = self.last.lock().unwrap();
        if last.len() == self.limit {
            last.pop_front();
        }
        last.push_back(document.clone());
    }
}

impl Watcher for Forwarder {
    fn told(&self, document: &Arc<Document>) {
        if document.id % 7 == 0 {
            let to = self.to.lock().unwrap();
            let _ = to.send(Event::Changed(document.clone()));
            let _ = to.send(Event::Tick(document.id));
            let _ = to.send(Event::Renamed {
                from: document.title.clone(),
                to: format!("renamed {}", document.id),
            });
        }
    }
}

// ---- the store

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Job {
    due: u64,
    what: String,
}

#[derive(Default)]
struct Index {
    by_word: HashMap<String, BTreeSet<u64>>,
    by_title: BTreeMap<String, u64>,
    by_tag: HashMap<Arc<str>, Vec<u64>>,
    jobs: BinaryHeap<Job>,
    stop_words: HashSet<&'static str>,
}

type Filter = Box<dyn Fn(&Document) -> bool + Send + Sync>;

struct Store {
    documents: RwLock<HashMap<u64, Arc<Document>>>,
    index: Mutex<Index>,
    tags: Mutex<HashMap<String, Arc<str>>>,
    watchers: Vec<Arc<dyn Watcher>>,
    filters: Vec<Filter>,
    log: Mutex<LinkedList<(u64, String)>>,
    changed: Condvar,
    num: AtomicUsize,
}

static STORE: OnceLock<Arc<Store>> = OnceLock::new();

thread_local! {
    static SCRATCH: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

impl Store {
    fn tag(&self, name: &str) -> Arc<str> {
        let mut tags = self.tags.lock().unwrap();
        if let Some(tag) = tags.get(name) {
            return tag.clone();
        }
        let tag: Arc<str> = Arc::from(name);
        tags.insert(name.to_string(), tag.clone());
        tag
    }

    fn put(&self, id: u64, line: &str) -> Option<()> {
        let body = Parser { rest: line.as_bytes() }.value()?;
        let old = self.documents.read().unwrap().get(&(id / 2)).cloned();
        let mut revision = None;
        for number in 0..(id % 4) as u32 {
            revision = Some(Box::new(Revision {
                number,
                author: (number % 2 == 1).then(|| format!("author {}", id % 97)),
                before: revision,
            }));
        }
        let body = match old {
            Some(old) if id % 5 == 0 => Value::List(vec![body, Value::Shared(old)]),
            _ => body,
        };
        let document = Arc::new(Document {
            id,
            title: format!("document number {id}"),
            body,
            tags: (0..id % 3).map(|n| self.tag(&format!("tag {}", id % 211 + n))).collect(),
            revision,
        });
        if !self.filters.iter().all(|filter| filter(&document)) {
            return None;
        }
        {
            let mut index = self.index.lock().unwrap();
            for word in document.title.split(' ') {
                if !index.stop_words.contains(word) {
                    let word = word.to_string() + if id % 2 == 0 { " even" } else { " odd" };
                    index.by_word.entry(word).or_default().insert(id);
                }
            }
            index.by_title.insert(document.title.clone(), id);
            for tag in &document.tags {
                index.by_tag.entry(tag.clone()).or_default().push(id);
            }
            if id % 11 == 0 {
                index.jobs.push(Job { due: id * 7919 % 1000, what: format!("job for {id}") });
            }
        }
        for watcher in &self.watchers {
            watcher.told(&document);
        }
        if id % 13 == 0 {
            self.log.lock().unwrap().push_back((id, format!("put {id}")));
        }
        SCRATCH.with(|scratch| scratch.borrow_mut().push(format!("worked on {id}")));
        DEPTH.set(DEPTH.get() + 1);
        self.documents.write().unwrap().insert(id, document);
        self.num.fetch_add(1, Ordering::SeqCst);
        self.changed.notify_all();
        Some(())
    }
}

fn serve(stream: TcpStream, store: Arc<Store>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let mut out = stream;
    let mut line = String::new();
    while lines.read_line(&mut line).unwrap_or(0) > 0 {
        let (id, text) = line.trim_end().split_once(' ').unwrap();
        let answer = match store.put(id.parse().unwrap(), text) {
            Some(()) => "ok\n",
            None => "no\n",
        };
        if out.write_all(answer.as_bytes()).is_err() {
            return;
        }
        line.clear();
    }
}

fn text_of(id: u64) -> String {
    let mut text = String::new();
    write!(
        text,
        "{{\"name\":\"name of {id}\",\"size\":{}.5,\"on\":t,\"none\":n,\"list\":[1,2,\"three of {id}\",[4]],\
         \"more\":{{\"deep\":{{\"er\":\"down here {id}\"}}}}}}",
        id % 1000
    )
    .unwrap();
    text
}

fn client(port: u16, ids: std::ops::Range<u64>) {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let mut out = stream;
    let mut answer = String::new();
    for id in ids {
        out.write_all(format!("{id} {}\n", text_of(id)).as_bytes()).unwrap();
        answer.clear();
        answers.read_line(&mut answer).unwrap();
    }
    // The connection stays, with half a request sent.
    out.write_all(b"999999999 {\"half\":").unwrap();
    thread::sleep(Duration::from_secs(1000));
    drop(out);
}

// ---- a tree of Rc with parents, as of the main thread's own

struct Folder {
    name: String,
    parent: RefCell<Weak<Folder>>,
    children: RefCell<Vec<Rc<Folder>>>,
    entry: Cell<Option<&'static str>>,
}

fn folders(depth: usize, name: &str) -> Rc<Folder> {
    let folder = Rc::new(Folder {
        name: name.to_string(),
        parent: RefCell::new(Weak::new()),
        children: RefCell::new(Vec::new()),
        entry: Cell::new((depth % 2 == 0).then_some("even")),
    });
    for i in 0..if depth == 0 { 0 } else { 5 } {
        let child = folders(depth - 1, &format!("{name}/folder {i}"));
        *child.parent.borrow_mut() = Rc::downgrade(&folder);
        folder.children.borrow_mut().push(child);
    }
    folder
}

// ---- what the program itself says

fn say_value(out: &mut String, value: &Value) {
    match value {
        Value::Text(text) if !text.is_empty() => say(out, text.as_ptr(), "u8|char|str"),
        Value::List(list) if !list.is_empty() => {
            say(out, list.as_ptr(), "~Value");
            list.iter().for_each(|v| say_value(out, v));
        }
        Value::Object(map) => {
            for (key, value) in map {
                say(out, key.as_ptr(), "u8|char|str");
                say_value(out, value);
            }
        }
        _ => {}
    }
}

fn say<T>(out: &mut String, address: *const T, name: &str) {
    writeln!(out, "{address:p} {name}").unwrap();
}

fn behind<T: ?Sized>(address: *const T) -> *const u8 {
    // Two counts lie before what an Rc or Arc holds.
    (address as *const u8).wrapping_sub(16)
}

fn check(store: &Store, root: &Rc<Folder>, path: &str) {
    let mut out = String::new();
    for document in store.documents.read().unwrap().values() {
        say(&mut out, behind(Arc::as_ptr(document)), "~ArcInner<rust::Document>");
        say(&mut out, document.title.as_ptr(), "u8|char|str");
        say_value(&mut out, &document.body);
        if !document.tags.is_empty() {
            say(&mut out, document.tags.as_ptr(), "~Arc<str");
        }
        let mut next = &document.revision;
        while let Some(revision) = next {
            say(&mut out, &**revision as *const Revision, "~Revision");
            if let Some(author) = &revision.author {
                say(&mut out, author.as_ptr(), "u8|char|str");
            }
            next = &revision.before;
        }
    }
    let index = store.index.lock().unwrap();
    for (word, _) in &index.by_word {
        say(&mut out, word.as_ptr(), "u8|char|str");
    }
    for ids in index.by_tag.values() {
        say(&mut out, ids.as_ptr(), "u64");
    }
    say(&mut out, index.jobs.as_slice().as_ptr(), "~Job");
    for job in &index.jobs {
        say(&mut out, job.what.as_ptr(), "u8|char|str");
    }
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        say(&mut out, behind(Rc::as_ptr(&folder)), "~RcInner<rust::Folder>");
        say(&mut out, folder.name.as_ptr(), "u8|char|str");
        let children = folder.children.borrow();
        if !children.is_empty() {
            say(&mut out, children.as_ptr(), "~Rc<rust::Folder");
        }
        open.extend(children.iter().cloned());
    }
    std::fs::write(path, out).unwrap();
}

fn main() {
    let mut args = std::env::args().skip(1);
    let num: u64 = args.next().unwrap().parse().unwrap();
    let path = args.next().unwrap();
    let (to, events) = channel();
    let (slow, busy) = sync_channel::<Box<Event>>(200);
    let store = STORE.get_or_init(|| {
        let limit = 500;
        Arc::new(Store {
            documents: RwLock::default(),
            index: Mutex::new(Index {
                stop_words: HashSet::from(["number", "of", "the"]),
                ..Index::default()
            }),
            tags: Mutex::default(),
            watchers: vec![
                Arc::new(Counter { seen: AtomicUsize::new(0), name: "counter".into() }),
                Arc::new(Keeper { last: Mutex::default(), limit }),
                Arc::new(Forwarder { to: Mutex::new(to) }),
            ],
            filters: vec![
                Box::new(|d| d.id != 0),
                Box::new(move |d| d.title.len() < limit),
            ],
            log: Mutex::default(),
            changed: Condvar::new(),
            num: AtomicUsize::new(0),
        })
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let shared = store.clone();
    thread::Builder::new()
        .name("listener".into())
        .spawn(move || {
            for stream in listener.incoming() {
                let shared = shared.clone();
                thread::spawn(move || serve(stream.unwrap(), shared));
            }
        })
        .unwrap();
    let clients: Vec<_> = (0..4)
        .map(|i| thread::spawn(move || client(port, i * num / 4..(i + 1) * num / 4)))
        .collect();
    for i in 0..150 {
        slow.send(Box::new(Event::Tick(i))).unwrap();
    }
    let root = folders(5, "root");
    while (store.num.load(Ordering::SeqCst) as u64) < num - 1 {
        thread::sleep(Duration::from_millis(20));
    }
    thread::sleep(Duration::from_millis(500));
    check(store, &root, &path);
    println!("documents {}", store.documents.read().unwrap().len());
    println!("titles {}", store.index.lock().unwrap().by_title.len());
    println!("tags {}", store.tags.lock().unwrap().len());
    println!("clients {}", clients.len());
    println!("events {}", events.try_iter().take(1).count());
    let _ = std::io::stdout().flush();
    if std::env::var_os("WAIT").is_some() {
        thread::sleep(Duration::from_secs(1000));
    }
    stop(&(root, busy, events));
}

#[inline(never)]
fn stop<T>(held: &T) {
    std::hint::black_box(held);
    std::process::abort();
}
