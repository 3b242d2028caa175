// Calls a Rust solution once and tells what came of it. The protocol is that of
// verifiers/code/function/wire.py. Nothing here is believed: it runs beside the solution and may be
// changed by it.
#[allow(unused_imports, dead_code)]
mod rewardbox_driver {
    use std::cell::RefCell;
    use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
    use std::hash::Hash;
    use std::io::{Read as _, Write as _};
    use std::os::fd::FromRawFd;
    use std::rc::Rc;

    extern "C" {
        fn dup(fd: i32) -> i32;
        fn _exit(code: i32) -> !;
    }

    const STACK_BYTES: usize = 100 << 20;

    pub type Result<T> = std::result::Result<T, String>;

    // A number is kept as it is spelt, so that none loses a digit.
    pub enum Json {
        Null,
        Bool(bool),
        Number(String),
        Text(String),
        List(Vec<Json>),
        Object(Vec<(String, Json)>),
    }

    impl Json {
        pub fn at(&self, key: &str) -> &Json {
            if let Json::Object(pairs) = self {
                for (name, value) in pairs {
                    if name == key {
                        return value;
                    }
                }
            }
            &Json::Null
        }

        pub fn items(&self) -> &[Json] {
            if let Json::List(items) = self { items } else { &[] }
        }

        pub fn text(&self) -> &str {
            if let Json::Text(text) = self { text } else { "" }
        }
    }

    struct Reader<'a> {
        text: &'a [u8],
        at: usize,
    }

    impl Reader<'_> {
        fn next(&mut self) -> u8 {
            while self.text[self.at] == b' ' {
                self.at += 1;
            }
            self.text[self.at]
        }

        fn value(&mut self) -> Json {
            match self.next() {
                b'[' => {
                    let mut items = Vec::new();
                    self.at += 1;
                    while self.next() != b']' {
                        items.push(self.value());
                        self.skip_comma();
                    }
                    self.at += 1;
                    Json::List(items)
                }
                b'{' => {
                    let mut pairs = Vec::new();
                    self.at += 1;
                    while self.next() != b'}' {
                        let key = self.string();
                        self.next();
                        self.at += 1;
                        pairs.push((key, self.value()));
                        self.skip_comma();
                    }
                    self.at += 1;
                    Json::Object(pairs)
                }
                b'"' => Json::Text(self.string()),
                _ => self.word(),
            }
        }

        fn skip_comma(&mut self) {
            if self.next() == b',' {
                self.at += 1;
            }
        }

        fn word(&mut self) -> Json {
            let start = self.at;
            while self.at < self.text.len() && !b",]} ".contains(&self.text[self.at]) {
                self.at += 1;
            }
            match String::from_utf8_lossy(&self.text[start..self.at]).as_ref() {
                "null" => Json::Null,
                "true" => Json::Bool(true),
                "false" => Json::Bool(false),
                word => Json::Number(word.to_string()),
            }
        }

        fn string(&mut self) -> String {
            let mut out = Vec::new();
            self.next();
            self.at += 1;
            while self.text[self.at] != b'"' {
                let mut byte = self.text[self.at];
                if byte == b'\\' {
                    self.at += 1;
                    byte = match self.text[self.at] {
                        b'n' => b'\n',
                        b't' => b'\t',
                        b'r' => b'\r',
                        b'b' => 8,
                        b'f' => 12,
                        b'u' => {
                            let digits = String::from_utf8_lossy(&self.text[self.at + 3..self.at + 5]);
                            self.at += 4;
                            u8::from_str_radix(&digits, 16).unwrap_or(b'?')
                        }
                        other => other,
                    };
                }
                out.push(byte);
                self.at += 1;
            }
            self.at += 1;
            String::from_utf8_lossy(&out).into_owned()
        }
    }

    // Arguments

    pub trait Read: Sized {
        fn read(json: &Json) -> Result<Self>;
    }

    fn unfit<T>(what: &str) -> Result<T> {
        Err(format!("an argument is not {what}, as the solution has it"))
    }

    pub fn argument<T: Read>(raw: &[Json], place: usize) -> Result<T> {
        T::read(&raw[place])
    }

    pub fn check_count(raw: &[Json], count: usize) -> Result<()> {
        if raw.len() == count {
            return Ok(());
        }
        Err(format!("the solution takes {count} arguments, not {}", raw.len()))
    }

    impl Read for bool {
        fn read(json: &Json) -> Result<Self> {
            if let Json::Bool(value) = json { Ok(*value) } else { unfit("a truth value") }
        }
    }

    impl Read for char {
        fn read(json: &Json) -> Result<Self> {
            let mut characters = json.text().chars();
            match (characters.next(), characters.next()) {
                (Some(only), None) => Ok(only),
                _ => unfit("a character"),
            }
        }
    }

    impl Read for String {
        fn read(json: &Json) -> Result<Self> {
            if let Json::Text(text) = json { Ok(text.clone()) } else { unfit("a text") }
        }
    }

    macro_rules! numbers {
        ($($kind:ty)*) => {$(
            impl Read for $kind {
                fn read(json: &Json) -> Result<Self> {
                    let Json::Number(text) = json else { return unfit("a number") };
                    let whole = text.strip_suffix(".0").unwrap_or(text);
                    match whole.parse() {
                        Ok(value) => Ok(value),
                        Err(_) => unfit(concat!("a number of type ", stringify!($kind))),
                    }
                }
            }
            impl Key for $kind {
                fn key(text: &str) -> Result<Self> {
                    Self::read(&Json::Number(text.to_string()))
                }
            }
        )*};
    }

    macro_rules! integers {
        ($($kind:ty)*) => {
            numbers! { $($kind)* }
            $(impl Put for $kind {
                fn put(&self, out: &mut String) {
                    out.push_str(&self.to_string());
                }
            })*
        };
    }

    macro_rules! reals {
        ($($kind:ty)*) => {
            $(impl Read for $kind {
                fn read(json: &Json) -> Result<Self> {
                    let Json::Number(text) = json else { return unfit("a number") };
                    text.parse().or_else(|_| unfit("a number"))
                }
            }
            impl Put for $kind {
                fn put(&self, out: &mut String) {
                    out.push_str(&format!("{self:?}").replace("inf", "Infinity"));
                }
            })*
        };
    }

    integers! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }
    reals! { f32 f64 }

    pub trait Key: Sized {
        fn key(text: &str) -> Result<Self>;
    }

    impl Key for String {
        fn key(text: &str) -> Result<Self> {
            Ok(text.to_string())
        }
    }

    impl Key for char {
        fn key(text: &str) -> Result<Self> {
            Self::read(&Json::Text(text.to_string()))
        }
    }

    impl<T: Read> Read for Option<T> {
        fn read(json: &Json) -> Result<Self> {
            if let Json::Null = json { Ok(None) } else { T::read(json).map(Some) }
        }
    }

    fn read_items<T: Read, C: FromIterator<T>>(json: &Json) -> Result<C> {
        if let Json::List(items) = json { items.iter().map(T::read).collect() } else { unfit("a list") }
    }

    fn put_items<'a, T: Put + 'a>(out: &mut String, items: impl Iterator<Item = &'a T>) {
        out.push('[');
        for (number, item) in items.enumerate() {
            if number > 0 {
                out.push(',');
            }
            item.put(out);
        }
        out.push(']');
    }

    impl<T: Read, const N: usize> Read for [T; N] {
        fn read(json: &Json) -> Result<Self> {
            let items: Vec<T> = read_items(json)?;
            items.try_into().or_else(|_| unfit("a list of that length"))
        }
    }

    macro_rules! sequences {
        ($($kind:ident)*) => {$(
            impl<T: Read> Read for $kind<T> {
                fn read(json: &Json) -> Result<Self> {
                    read_items(json)
                }
            }
            impl<T: Put> Put for $kind<T> {
                fn put(&self, out: &mut String) {
                    put_items(out, self.iter());
                }
            }
        )*};
    }

    sequences! { Vec VecDeque LinkedList }

    macro_rules! collections {
        ($set:ident, $map:ident, $($bound:ident)+) => {
            impl<T: Read $(+ $bound)+> Read for $set<T> {
                fn read(json: &Json) -> Result<Self> {
                    read_items(json)
                }
            }
            impl<T: Put> Put for $set<T> {
                fn put(&self, out: &mut String) {
                    out.push_str("{\"t\":\"set\",\"v\":");
                    put_items(out, self.iter());
                    out.push('}');
                }
            }
            impl<K: Key $(+ $bound)+, V: Read> Read for $map<K, V> {
                fn read(json: &Json) -> Result<Self> {
                    let Json::Object(pairs) = json else { return unfit("an object") };
                    pairs.iter().map(|(key, value)| Ok((K::key(key)?, V::read(value)?))).collect()
                }
            }
            impl<K: Put, V: Put> Put for $map<K, V> {
                fn put(&self, out: &mut String) {
                    out.push_str("{\"o\":[");
                    for (number, pair) in self.iter().enumerate() {
                        if number > 0 {
                            out.push(',');
                        }
                        pair.put(out);
                    }
                    out.push_str("]}");
                }
            }
        };
    }

    collections! { HashSet, HashMap, Eq Hash }
    collections! { BTreeSet, BTreeMap, Ord }

    macro_rules! tuples {
        ($($count:literal: $($name:ident $place:tt),+;)*) => {$(
            impl<$($name: Read),+> Read for ($($name,)+) {
                fn read(json: &Json) -> Result<Self> {
                    let items = json.items();
                    if items.len() != $count {
                        return unfit("a list of that length");
                    }
                    Ok(($($name::read(&items[$place])?,)+))
                }
            }
            impl<$($name: Put),+> Put for ($($name,)+) {
                fn put(&self, out: &mut String) {
                    $(
                        out.push(if $place == 0 { '[' } else { ',' });
                        self.$place.put(out);
                    )+
                    out.push(']');
                }
            }
        )*};
    }

    tuples! {
        1: A 0;
        2: A 0, B 1;
        3: A 0, B 1, C 2;
        4: A 0, B 1, C 2, D 3;
        5: A 0, B 1, C 2, D 3, E 4;
    }

    // Results

    pub trait Put {
        fn put(&self, out: &mut String);
    }

    impl Put for () {
        fn put(&self, out: &mut String) {
            out.push_str("null");
        }
    }

    impl Put for bool {
        fn put(&self, out: &mut String) {
            out.push_str(if *self { "true" } else { "false" });
        }
    }

    impl Put for char {
        fn put(&self, out: &mut String) {
            put_text(out, &self.to_string());
        }
    }

    impl Put for String {
        fn put(&self, out: &mut String) {
            put_text(out, self);
        }
    }

    impl Put for str {
        fn put(&self, out: &mut String) {
            put_text(out, self);
        }
    }

    impl<T: Put + ?Sized> Put for &T {
        fn put(&self, out: &mut String) {
            (**self).put(out);
        }
    }

    impl<T: Put> Put for [T] {
        fn put(&self, out: &mut String) {
            put_items(out, self.iter());
        }
    }

    impl<T: Put, const N: usize> Put for [T; N] {
        fn put(&self, out: &mut String) {
            put_items(out, self.iter());
        }
    }

    impl<T: Put> Put for Option<T> {
        fn put(&self, out: &mut String) {
            match self {
                Some(value) => value.put(out),
                None => out.push_str("null"),
            }
        }
    }

    impl<T: Put, E: std::fmt::Debug> Put for std::result::Result<T, E> {
        fn put(&self, out: &mut String) {
            match self {
                Ok(value) => value.put(out),
                Err(error) => panic!("{error:?}"),
            }
        }
    }

    pub fn put_text(out: &mut String, text: &str) {
        out.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => {
                    out.push('\\');
                    out.push(c);
                }
                c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
                c => out.push(c),
            }
        }
        out.push('"');
    }

    // The run

    pub fn run(answer: fn(&Json) -> Result<String>) -> ! {
        let mut output = unsafe { std::fs::File::from_raw_fd(dup(1)) };
        let mut text = Vec::new();
        let got = std::io::stdin().read_to_end(&mut text);
        let line = text.iter().position(|byte| *byte == b'\n');
        let (Ok(_), Some(line)) = (got, line) else { std::process::exit(1) };
        let request = text.split_off(line);
        let call = move || {
            let json = Reader { text: &request, at: 1 }.value();
            match answer(&json) {
                Ok(result) => format!("{{\"result\":{result}}}"),
                Err(unfit) => {
                    let mut out = String::from("{\"unfit\":");
                    put_text(&mut out, &unfit);
                    out + "}"
                }
            }
        };
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(call);
        let reply = match thread.map(|thread| thread.join()) {
            Ok(Ok(reply)) => reply,
            Ok(Err(panic)) => {
                let said = panic.downcast_ref::<String>().cloned();
                let said = said.or(panic.downcast_ref::<&str>().map(|text| text.to_string()));
                let mut out = String::from("{\"raised\":[[\"panic\"],");
                put_text(&mut out, &said.unwrap_or_default());
                out + "]}"
            }
            Err(_) => std::process::exit(1),
        };
        let _ = std::io::stdout().flush();
        let mut told = b"\n".to_vec();
        told.extend_from_slice(&text);
        told.extend_from_slice(reply.as_bytes());
        told.push(b'\n');
        let sent = output.write_all(&told);
        unsafe { _exit(if sent.is_ok() { 0 } else { 1 }) }
    }

    // LISTS
    impl Read for Option<Box<crate::ListNode>> {
        fn read(json: &Json) -> Result<Self> {
            let mut head = None;
            for item in json.items().iter().rev() {
                head = Some(Box::new(crate::ListNode { val: Read::read(item)?, next: head }));
            }
            Ok(head)
        }
    }

    impl Put for Option<Box<crate::ListNode>> {
        fn put(&self, out: &mut String) {
            let mut between = "{\"t\":\"ListNode\",\"v\":[";
            let mut node = self.as_ref();
            while let Some(this) = node {
                out.push_str(between);
                between = ",";
                this.val.put(out);
                node = this.next.as_ref();
            }
            out.push_str(if self.is_some() { "]}" } else { "{\"t\":\"nothing\"}" });
        }
    }
    // TREES
    type Tree = Option<Rc<RefCell<crate::TreeNode>>>;

    impl Read for Tree {
        fn read(json: &Json) -> Result<Self> {
            let mut rest = json.items().iter();
            let mut next = || -> Result<Tree> {
                let item = rest.next().unwrap_or(&Json::Null);
                if let Json::Null = item {
                    return Ok(None);
                }
                let node = crate::TreeNode { val: Read::read(item)?, left: None, right: None };
                Ok(Some(Rc::new(RefCell::new(node))))
            };
            let root = next()?;
            let mut parents: VecDeque<_> = root.iter().cloned().collect();
            while let Some(parent) = parents.pop_front() {
                let (left, right) = (next()?, next()?);
                parents.extend(left.iter().chain(right.iter()).cloned());
                let mut parent = parent.borrow_mut();
                parent.left = left;
                parent.right = right;
            }
            Ok(root)
        }
    }

    impl Put for Tree {
        fn put(&self, out: &mut String) {
            if self.is_none() {
                return out.push_str("{\"t\":\"nothing\"}");
            }
            let mut values = Vec::new();
            let mut seen = HashSet::new();
            let mut level = VecDeque::from([self.clone()]);
            while let Some(node) = level.pop_front() {
                values.push(node.as_ref().map(|node| node.borrow().val.clone()));
                if let Some(node) = node {
                    if !seen.insert(Rc::as_ptr(&node)) {
                        return out.push_str("{\"t\":\"TreeNode that is met twice\"}");
                    }
                    let node = node.borrow();
                    level.extend([node.left.clone(), node.right.clone()]);
                }
            }
            while let Some(None) = values.last() {
                values.pop();
            }
            out.push_str("{\"t\":\"TreeNode\",\"v\":");
            values.put(out);
            out.push('}');
        }
    }
    // END
}
