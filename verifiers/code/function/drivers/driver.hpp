// Stands in front of a C++ solution: reads a request, calls the solution once and tells what came
// of it. The protocol is that of verifiers/code/function/wire.py. Nothing here is believed: it runs
// beside the solution and may be changed by it.
#include <bits/stdc++.h>
#include <cxxabi.h>
#include <sys/resource.h>
#include <unistd.h>

namespace rewardbox_driver {

struct Unfit {
  std::string text;
};

// Values of JSON. A number is kept as it is spelt, so that none loses a digit.
struct Json {
  enum Kind { null, boolean, number, string, list, object } kind = null;
  std::string text;
  std::vector<Json> items;
  std::vector<std::string> keys;

  const Json *at(const std::string &key) const {
    for (size_t i = 0; i < keys.size(); i++)
      if (keys[i] == key) return &items[i];
    return nullptr;
  }
};

struct Reader {
  const char *at, *end;

  char next() {
    while (at < end && (*at == ' ' || *at == '\n')) at++;
    return at < end ? *at : '\0';
  }

  Json value() {
    Json json;
    switch (next()) {
      case '[':
        json.kind = Json::list;
        for (at++; next() != ']';) {
          json.items.push_back(value());
          if (next() == ',') at++;
        }
        at++;
        return json;
      case '{':
        json.kind = Json::object;
        for (at++; next() != '}';) {
          json.keys.push_back(text());
          next(), at++;
          json.items.push_back(value());
          if (next() == ',') at++;
        }
        at++;
        return json;
      case '"':
        json.kind = Json::string;
        json.text = text();
        return json;
    }
    while (at < end && !strchr(",]} \n", *at)) json.text += *at++;
    bool named = json.text == "true" || json.text == "false";
    json.kind = json.text == "null" ? Json::null : named ? Json::boolean : Json::number;
    return json;
  }

  std::string text() {
    std::string out;
    for (next(), at++; *at != '"'; at++) {
      if (*at != '\\') {
        out += *at;
        continue;
      }
      switch (*++at) {
        case 'n': out += '\n'; break;
        case 't': out += '\t'; break;
        case 'r': out += '\r'; break;
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case 'u': out += (char)std::stoi(std::string(at + 3, 2), nullptr, 16); at += 4; break;
        default: out += *at;
      }
    }
    at++;
    return out;
  }
};

inline void put_text(std::string &out, const std::string &text) {
  out += '"';
  for (unsigned char c : text) {
    char escaped[8];
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c < 0x20) {
      snprintf(escaped, sizeof escaped, "\\u%04x", c);
      out += escaped;
    } else {
      out += c;
    }
  }
  out += '"';
}

template <class T, class = void>
struct Type;  // a type without values in JSON has none

template <class T>
T read(const Json &json) {
  return Type<T>::read(json);
}

template <class T>
void put(std::string &out, const T &value) {
  Type<T>::put(out, value);
}

inline void expect(const Json &json, Json::Kind kind, const char *what) {
  if (json.kind != kind) throw Unfit{std::string("an argument is not ") + what};
}

template <>
struct Type<bool> {
  static bool read(const Json &json) {
    expect(json, Json::boolean, "a truth value, as the solution has it");
    return json.text == "true";
  }
  static void put(std::string &out, bool value) { out += value ? "true" : "false"; }
};

template <>
struct Type<char> {
  static char read(const Json &json) {
    expect(json, Json::string, "a character, as the solution has it");
    if (json.text.size() != 1) throw Unfit{"an argument is not a single character"};
    return json.text[0];
  }
  static void put(std::string &out, char value) { put_text(out, std::string(1, value)); }
};

template <class T>
struct Type<T, std::enable_if_t<std::is_integral_v<T>>> {
  // Not by the library: the shorter header (sandbox/headstart/cpp.sh) lacks what would do this, and so
  // much as its name here would have every solution compiled with the whole one.
  static bool read_digits(const std::string &text, T &value) {
    bool negative = text[0] == '-';
    for (size_t i = negative; i < text.size(); i++) {
      if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(value, 10, &value)) return false;
      int digit = negative ? '0' - text[i] : text[i] - '0';
      if (__builtin_add_overflow(value, digit, &value)) return false;
    }
    return true;
  }
  static T read(const Json &json) {
    expect(json, Json::number, "a number, as the solution has it");
    T value{};
    if (read_digits(json.text, value)) return value;
    double real = std::strtod(json.text.c_str(), nullptr);
    if (real != std::floor(real) || std::fabs(real) > 9e15 || real != (double)(T)real)
      throw Unfit{"an argument is out of the range of the solution's integers"};
    return (T)real;
  }
  static void put(std::string &out, T value) { out += std::to_string(value); }
};

template <class T>
struct Type<T, std::enable_if_t<std::is_floating_point_v<T>>> {
  static T read(const Json &json) {
    expect(json, Json::number, "a number, as the solution has it");
    if (json.text == "Infinity") return std::numeric_limits<T>::infinity();
    if (json.text == "-Infinity") return -std::numeric_limits<T>::infinity();
    if (json.text == "NaN") return std::numeric_limits<T>::quiet_NaN();
    return (T)std::strtod(json.text.c_str(), nullptr);
  }
  static void put(std::string &out, T value) {
    if (std::isnan(value)) {
      out += "NaN";
    } else if (std::isinf(value)) {
      out += value < 0 ? "-Infinity" : "Infinity";
    } else {
      char digits[64];
      snprintf(digits, sizeof digits, "%.17g", (double)value);
      out += digits;
      if (!strpbrk(digits, ".e")) out += ".0";
    }
  }
};

template <>
struct Type<std::string> {
  static std::string read(const Json &json) {
    expect(json, Json::string, "a text, as the solution has it");
    return json.text;
  }
  static void put(std::string &out, const std::string &value) { put_text(out, value); }
};

template <class T>
struct Type<std::optional<T>> {
  static std::optional<T> read(const Json &json) {
    if (json.kind == Json::null) return std::nullopt;
    return Type<T>::read(json);
  }
  static void put(std::string &out, const std::optional<T> &value) {
    value ? Type<T>::put(out, *value) : (void)(out += "null");
  }
};

template <class C>
void put_items(std::string &out, const C &items) {
  out += '[';
  for (const auto &item : items) {
    if (out.back() != '[') out += ',';
    Type<typename C::value_type>::put(out, item);
  }
  out += ']';
}

template <class C>
struct Sequence {
  static C read(const Json &json) {
    expect(json, Json::list, "a list, as the solution has it");
    C items;
    for (const Json &item : json.items)
      items.insert(items.end(), Type<typename C::value_type>::read(item));
    return items;
  }
  static void put(std::string &out, const C &value) { put_items(out, value); }
};

template <class T>
struct Type<std::vector<T>> : Sequence<std::vector<T>> {};
template <class T>
struct Type<std::deque<T>> : Sequence<std::deque<T>> {};
template <class T>
struct Type<std::list<T>> : Sequence<std::list<T>> {};

template <class C>
struct Set : Sequence<C> {
  static void put(std::string &out, const C &value) {
    out += "{\"t\":\"set\",\"v\":";
    put_items(out, value);
    out += '}';
  }
};

template <class T>
struct Type<std::set<T>> : Set<std::set<T>> {};
template <class T>
struct Type<std::multiset<T>> : Set<std::multiset<T>> {};
template <class T>
struct Type<std::unordered_set<T>> : Set<std::unordered_set<T>> {};

template <class... T>
struct Type<std::tuple<T...>> {
  static std::tuple<T...> read(const Json &json) {
    return read_each(json, std::index_sequence_for<T...>());
  }
  template <size_t... I>
  static std::tuple<T...> read_each(const Json &json, std::index_sequence<I...>) {
    expect(json, Json::list, "a list, as the solution has it");
    if (json.items.size() != sizeof...(T)) throw Unfit{"an argument has too many or few items"};
    return {Type<T>::read(json.items[I])...};
  }
  static void put(std::string &out, const std::tuple<T...> &value) {
    const char *between = "[";
    auto one = [&](const auto &item) {
      out += between;
      between = ",";
      rewardbox_driver::put(out, item);
    };
    std::apply([&](const auto &...items) { (one(items), ...); }, value);
    out += ']';
  }
};

template <class A, class B>
struct Type<std::pair<A, B>> {
  static std::pair<A, B> read(const Json &json) {
    auto [first, second] = Type<std::tuple<A, B>>::read(json);
    return {first, second};
  }
  static void put(std::string &out, const std::pair<A, B> &value) {
    Type<std::tuple<A, B>>::put(out, std::tuple<A, B>(value.first, value.second));
  }
};

template <class K>
K read_key(const std::string &key) {
  Json json;
  json.kind = std::is_arithmetic_v<K> && !std::is_same_v<K, char> ? Json::number : Json::string;
  json.text = key;
  return Type<K>::read(json);
}

template <class C>
struct Map {
  static C read(const Json &json) {
    expect(json, Json::object, "an object, as the solution has it");
    C map;
    for (size_t i = 0; i < json.keys.size(); i++)
      map.emplace(read_key<typename C::key_type>(json.keys[i]),
                  Type<typename C::mapped_type>::read(json.items[i]));
    return map;
  }
  static void put(std::string &out, const C &value) {
    out += "{\"o\":";
    put_items(out, std::vector<std::pair<typename C::key_type, typename C::mapped_type>>(
                       value.begin(), value.end()));
    out += '}';
  }
};

template <class K, class V>
struct Type<std::map<K, V>> : Map<std::map<K, V>> {};
template <class K, class V>
struct Type<std::unordered_map<K, V>> : Map<std::unordered_map<K, V>> {};

// Linked lists and trees, whatever the type of their values.
template <class N>
using Value = std::decay_t<decltype(std::declval<N>().val)>;

template <class N>
struct Type<N *, std::void_t<decltype(std::declval<N>().next), Value<N>>> {
  static N *read(const Json &json) {
    N *head = nullptr;
    if (json.kind != Json::null) expect(json, Json::list, "a list, as the solution has it");
    for (auto item = json.items.rbegin(); item != json.items.rend(); ++item) {
      N *node = new N(Type<Value<N>>::read(*item));
      node->next = head;
      head = node;
    }
    return head;
  }
  static void put(std::string &out, N *node) {
    if (!node) return (void)(out += "{\"t\":\"nothing\"}");
    std::vector<Value<N>> values;
    std::unordered_set<N *> seen;
    for (; node; node = node->next) {
      if (!seen.insert(node).second) return (void)(out += "{\"t\":\"ListNode that is met twice\"}");
      values.push_back(node->val);
    }
    out += "{\"t\":\"ListNode\",\"v\":";
    put_items(out, values);
    out += '}';
  }
};

template <class N>
struct Type<N *, std::void_t<decltype(std::declval<N>().left), Value<N>>> {
  static N *read(const Json &json) {
    if (json.kind != Json::null) expect(json, Json::list, "a list, as the solution has it");
    if (json.items.empty() || json.items[0].kind == Json::null) return nullptr;
    size_t taken = 0;
    auto next = [&]() -> N * {
      if (taken >= json.items.size()) return nullptr;
      const Json &item = json.items[taken++];
      return item.kind == Json::null ? nullptr : new N(Type<Value<N>>::read(item));
    };
    N *root = next();
    std::deque<N *> parents{root};
    for (; !parents.empty(); parents.pop_front()) {
      for (N **child : {&parents.front()->left, &parents.front()->right})
        if ((*child = next())) parents.push_back(*child);
    }
    return root;
  }
  static void put(std::string &out, N *root) {
    if (!root) return (void)(out += "{\"t\":\"nothing\"}");
    std::vector<std::optional<Value<N>>> values;
    std::unordered_set<N *> seen;
    for (std::deque<N *> level{root}; !level.empty(); level.pop_front()) {
      N *node = level.front();
      values.push_back(node ? std::optional<Value<N>>(node->val) : std::nullopt);
      if (!node) continue;
      if (!seen.insert(node).second) return (void)(out += "{\"t\":\"TreeNode that is met twice\"}");
      level.push_back(node->left);
      level.push_back(node->right);
    }
    while (!values.back()) values.pop_back();
    out += "{\"t\":\"TreeNode\",\"v\":";
    put_items(out, values);
    out += '}';
  }
};

struct Request {
  std::string token;
  Json json;
  int out;

  Request() {
    out = dup(1);
    rlimit stack{};
    getrlimit(RLIMIT_STACK, &stack);
    stack.rlim_cur = std::min<rlim_t>(stack.rlim_max, 100 << 20);
    setrlimit(RLIMIT_STACK, &stack);
    std::string text;
    char piece[65536];
    for (ssize_t got; (got = ::read(0, piece, sizeof piece)) > 0;) text.append(piece, got);
    size_t line = text.find('\n');
    if (line == std::string::npos) _exit(1);
    token = text.substr(0, line);
    Reader reader{text.data() + line + 1, text.data() + text.size()};
    json = reader.value();
  }

  [[noreturn]] void reply(const std::string &kind, const std::string &content) {
    std::cout.flush();
    fflush(stdout);
    std::string text = "\n" + token + "{\"" + kind + "\":" + content + "}\n";
    for (size_t sent = 0; sent < text.size();) {
      ssize_t more = write(out, text.data() + sent, text.size() - sent);
      if (more <= 0) _exit(1);
      sent += more;
    }
    _exit(0);
  }

  template <class F>
  [[noreturn]] void tell(F result) {
    try {
      std::string content = result();
      reply("result", content);
    } catch (const Unfit &unfit) {
      std::string content;
      put_text(content, unfit.text);
      reply("unfit", content);
    } catch (const std::exception &error) {
      reply("raised", described(error));
    }
  }

  static std::string described(const std::exception &error) {
    int status;
    char *name = abi::__cxa_demangle(typeid(error).name(), nullptr, nullptr, &status);
    std::string full = name ? name : "exception", out = "[[";
    put_text(out, full.substr(full.rfind(':') + 1));
    out += ",\"exception\"],";
    put_text(out, std::string(error.what()).substr(0, 1000));
    return out + "]";
  }
};

// The call of anything, with arguments read as what its parameters are.
template <class R, class... A>
struct Call {
  using Arguments = std::tuple<std::decay_t<A>...>;

  static Arguments read(const std::vector<Json> &raw) {
    if (raw.size() != sizeof...(A))
      throw Unfit{"the solution takes " + std::to_string(sizeof...(A)) + " arguments, not " +
                  std::to_string(raw.size())};
    return read_each(raw, std::index_sequence_for<A...>());
  }

  template <size_t... I>
  static Arguments read_each(const std::vector<Json> &raw, std::index_sequence<I...>) {
    return Arguments{rewardbox_driver::read<std::decay_t<A>>(raw[I])...};
  }

  template <class F>
  static void result(std::string &out, F function, Arguments &arguments) {
    each(out, function, arguments, std::index_sequence_for<A...>());
  }

  template <class F, size_t... I>
  static void each(std::string &out, F &function, Arguments &arguments, std::index_sequence<I...>) {
    if constexpr (std::is_void_v<R>) {
      function(static_cast<A &&>(std::get<I>(arguments))...);
      out += "null";
    } else {
      R value = function(static_cast<A &&>(std::get<I>(arguments))...);
      put<std::decay_t<R>>(out, value);
    }
  }

  template <size_t... I>
  static void put_at(std::string &out, const Arguments &arguments, size_t place,
                     std::index_sequence<I...>) {
    ((I == place ? put(out, std::get<I>(arguments)) : void()), ...);
  }
};

template <class R, class... A, class F>
[[noreturn]] void answer_call(F function) {
  Request request;
  request.tell([&] {
    auto arguments = Call<R, A...>::read(request.json.at("args")->items);
    std::string out;
    Call<R, A...>::result(out, function, arguments);
    const Json *place = request.json.at("in_place");
    if (place->kind == Json::null) return out;
    out.clear();
    Call<R, A...>::put_at(out, arguments, read<size_t>(*place), std::index_sequence_for<A...>());
    return out;
  });
}

// A method as a function, of an object that lives as long as what the method returns.
template <class C, class M>
auto bind_method(M method) {
  return [method](auto &&...arguments) -> decltype(auto) {
    C *object = new C();
    return (object->*method)(static_cast<decltype(arguments) &&>(arguments)...);
  };
}

// An argument that becomes whatever the constructor of C wants.
template <class C>
struct Anything {
  const Json &json;
  template <class T, class = std::enable_if_t<!std::is_same_v<std::decay_t<T>, C>>>
  operator T &() const {
    return *new std::decay_t<T>(read<std::decay_t<T>>(json));
  }
};

// The life of an object: its constructor, then calls of its methods by name.
template <class C>
struct Life {
  using Method = std::function<void(std::string &, C &, const std::vector<Json> &)>;
  std::map<std::string, Method> methods;

  template <class R, class... A, class F>
  void add(const std::string &name, F method) {
    methods[name] = [method](std::string &out, C &object, const std::vector<Json> &raw) {
      auto arguments = Call<R, A...>::read(raw);
      auto bound = [&](A... values) -> R {
        return (object.*method)(static_cast<A &&>(values)...);
      };
      Call<R, A...>::result(out, bound, arguments);
    };
  }

  template <size_t... I>
  static C *make(const std::vector<Json> &raw, std::index_sequence<I...>) {
    if (raw.size() != sizeof...(I)) throw Unfit{"the class is made with other arguments"};
    return new C(Anything<C>{raw[I]}...);
  }

  template <size_t N>
  [[noreturn]] void answer() {
    Request request;
    request.tell([&] {
      const std::vector<Json> &names = request.json.at("ops")->items;
      const std::vector<Json> &args = request.json.at("args")->items;
      C *object = make(args[0].items, std::make_index_sequence<N>());
      std::string out = "[null";
      for (size_t i = 1; i < names.size(); i++) {
        out += ',';
        methods.at(names[i].text)(out, *object, args[i].items);
      }
      return out + "]";
    });
  }
};

}  // namespace rewardbox_driver
