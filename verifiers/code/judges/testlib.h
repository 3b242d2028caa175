// What checkers, interactors and validators written for testlib expect of its header.
//
// Written for Rewardbox from the documented interface. It differs from the original where that
// makes no difference to a judgement: messages are worded alike, not equal, generators are not
// supported, and the numbers that `rnd` gives are others.

#ifndef REWARDBOX_TESTLIB_H
#define REWARDBOX_TESTLIB_H

#include <algorithm>
#include <cctype>
#include <cfloat>
#include <climits>
#include <cmath>
#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <limits>
#include <map>
#include <queue>
#include <set>
#include <sstream>
#include <stack>
#include <string>
#include <utility>
#include <vector>

#define LF ((char)10)
#define CR ((char)13)
#define TAB ((char)9)
#define SPACE ((char)' ')
#define EOFC (255)

#define OK_EXIT_CODE 0
#define WA_EXIT_CODE 1
#define PE_EXIT_CODE 2
#define FAIL_EXIT_CODE 3
#define DIRT_EXIT_CODE 4
#define POINTS_EXIT_CODE 7
#define UNEXPECTED_EOF_EXIT_CODE 8

#ifdef __GNUC__
#define TESTLIB_PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#define TESTLIB_UNUSED __attribute__((unused))
#define NORETURN __attribute__((noreturn))
#else
#define TESTLIB_PRINTF(format_at, first_at)
#define TESTLIB_UNUSED
#define NORETURN
#endif

enum TResult {
    _ok = 0,
    _wa = 1,
    _pe = 2,
    _fail = 3,
    _dirt = 4,
    _points = 5,
    _unexpected_eof = 8,
    _partially = 16
};
// A share of the points, in parts of 200.
#define _pc(parts) (TResult(_partially + (parts)))

enum TMode { _input, _output, _answer };
enum TTestlibMode { _unknown, _checker, _validator, _generator, _interactor, _scorer };

// Text

// Puts what printf would print for `fmt` and the arguments after it into a new string.
#define TESTLIB_FORMAT(fmt, result)                                   \
    std::string result;                                               \
    {                                                                 \
        va_list testlib_arguments, testlib_again;                     \
        va_start(testlib_arguments, fmt);                             \
        va_copy(testlib_again, testlib_arguments);                    \
        int testlib_size = vsnprintf(NULL, 0, fmt, testlib_arguments); \
        if (testlib_size > 0) {                                       \
            result.resize(testlib_size + 1);                          \
            vsnprintf(&result[0], result.size(), fmt, testlib_again); \
            result.resize(testlib_size);                              \
        }                                                             \
        va_end(testlib_again);                                        \
        va_end(testlib_arguments);                                    \
    }

TESTLIB_PRINTF(1, 2) inline std::string testlib_format_(const char *fmt, ...) {
    TESTLIB_FORMAT(fmt, text)
    return text;
}

TESTLIB_PRINTF(1, 2) inline std::string format(const char *fmt, ...) {
    TESTLIB_FORMAT(fmt, text)
    return text;
}

inline std::string format(const std::string fmt, ...) {
    const char *plain = fmt.c_str();
    std::string text;
    va_list arguments, again;
    va_start(arguments, fmt);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, plain, arguments);
    if (size > 0) {
        text.resize(size + 1);
        vsnprintf(&text[0], text.size(), plain, again);
        text.resize(size);
    }
    va_end(again);
    va_end(arguments);
    return text;
}

inline bool isEof(int c) { return c == EOF; }
inline bool isEoln(int c) { return c == LF || c == CR; }
inline bool isBlanks(int c) { return c == LF || c == CR || c == SPACE || c == TAB; }

template <typename T>
inline std::string toString(const T &value) {
    std::ostringstream text;
    text << value;
    return text.str();
}

template <typename T>
inline std::string vtos(const T &value) {
    return toString(value);
}

template <typename T>
inline std::string toHumanReadableString(const T &value) {
    return toString(value);
}

inline std::string upperCase(std::string text) {
    for (size_t i = 0; i < text.size(); i++) text[i] = (char)toupper((unsigned char)text[i]);
    return text;
}

inline std::string lowerCase(std::string text) {
    for (size_t i = 0; i < text.size(); i++) text[i] = (char)tolower((unsigned char)text[i]);
    return text;
}

inline std::string trim(const std::string &text) {
    size_t begin = 0, end = text.size();
    while (begin < end && isBlanks(text[begin])) begin++;
    while (end > begin && isBlanks(text[end - 1])) end--;
    return text.substr(begin, end - begin);
}

// Shortened for a message.
inline std::string compress(const std::string &text) {
    if (text.size() <= 64) return text;
    return text.substr(0, 30) + "..." + text.substr(text.size() - 31);
}

inline std::string englishEnding(int number) {
    number %= 100;
    if (number / 10 == 1) return "th";
    switch (number % 10) {
        case 1: return "st";
        case 2: return "nd";
        case 3: return "rd";
        default: return "th";
    }
}

template <typename Iterator, typename Separator>
inline std::string join(Iterator first, Iterator last, Separator separator) {
    std::ostringstream text;
    for (bool begun = false; first != last; ++first, begun = true) {
        if (begun) text << separator;
        text << *first;
    }
    return text.str();
}

template <typename Iterator>
inline std::string join(Iterator first, Iterator last) {
    return join(first, last, ' ');
}

template <typename Collection, typename Separator>
inline std::string join(const Collection &items, Separator separator) {
    return join(items.begin(), items.end(), separator);
}

template <typename Collection>
inline std::string join(const Collection &items) {
    return join(items.begin(), items.end(), ' ');
}

template <typename T>
inline void println(const T &value) {
    std::cout << value << std::endl;
}

template <typename T>
inline void println(const std::vector<T> &values) {
    std::cout << join(values) << std::endl;
}

template <typename T, typename... Others>
inline void println(const T &value, const Others &...others) {
    std::cout << value << ' ';
    println(others...);
}

inline std::vector<std::string> split(const std::string &text, const std::string &separators) {
    std::vector<std::string> parts(1);
    for (size_t i = 0; i < text.size(); i++) {
        if (separators.find(text[i]) == std::string::npos)
            parts.back() += text[i];
        else
            parts.push_back(std::string());
    }
    return parts;
}

inline std::vector<std::string> split(const std::string &text, char separator) {
    return split(text, std::string(1, separator));
}

// Like `split`, without empty parts.
inline std::vector<std::string> tokenize(const std::string &text, const std::string &separators) {
    std::vector<std::string> parts = split(text, separators), filled;
    for (size_t i = 0; i < parts.size(); i++)
        if (!parts[i].empty()) filled.push_back(parts[i]);
    return filled;
}

inline std::vector<std::string> tokenize(const std::string &text, char separator) {
    return tokenize(text, std::string(1, separator));
}

// Numbers

inline double doubleDelta(double expected, double result) {
    double absolute = std::fabs(result - expected);
    if (std::fabs(expected) <= 1e-9) return absolute;
    return std::min(absolute, std::fabs(absolute / expected));
}

// Whether `result` is within an absolute or relative error of `expected`.
inline bool doubleCompare(double expected, double result, double error) {
    error += 1e-15;
    if (std::isnan(expected)) return std::isnan(result);
    if (std::isinf(expected)) return expected == result;
    if (std::isnan(result) || std::isinf(result)) return false;
    if (std::fabs(result - expected) <= error) return true;
    double one = expected * (1.0 - error), other = expected * (1.0 + error);
    return std::min(one, other) <= result && result <= std::max(one, other);
}

namespace testlib_detail {

// No sign but a minus, no leading zeros, no "-0": a number has one spelling.
inline bool readWhole(const std::string &text, bool negative, unsigned long long *magnitude) {
    size_t at = negative ? 1 : 0;
    if (at == text.size() || (text[at] == '0' && (negative || text.size() > at + 1))) return false;
    *magnitude = 0;
    for (; at < text.size(); at++) {
        if (text[at] < '0' || text[at] > '9') return false;
        unsigned digit = text[at] - '0';
        if (*magnitude > (ULLONG_MAX - digit) / 10) return false;
        *magnitude = *magnitude * 10 + digit;
    }
    return true;
}

inline bool parse(const std::string &text, unsigned long long *value) {
    return readWhole(text, false, value);
}

inline bool parse(const std::string &text, long long *value) {
    bool negative = !text.empty() && text[0] == '-';
    unsigned long long magnitude;
    if (!readWhole(text, negative, &magnitude)) return false;
    if (magnitude > (unsigned long long)LLONG_MAX + (negative ? 1 : 0)) return false;
    *value = (long long)(negative ? 0 - magnitude : magnitude);
    return true;
}

inline bool parse(const std::string &text, double *value) {
    if (text.empty() || text.size() > 10000) return false;
    // Neither hexadecimal numbers nor words such as "nan" are numbers here.
    if (text.find_first_not_of("0123456789.eE+-") != std::string::npos) return false;
    char *end;
    *value = strtod(text.c_str(), &end);
    return *end == 0 && std::isfinite(*value);
}

inline bool parseStrict(const std::string &text, int leastAfterPoint, int mostAfterPoint) {
    size_t at = !text.empty() && text[0] == '-' ? 1 : 0, digits = 0, after = 0;
    bool point = false;
    for (; at < text.size(); at++) {
        if (text[at] == '.' && !point && digits > 0)
            point = true;
        else if (isdigit((unsigned char)text[at]))
            (point ? after : digits)++;
        else
            return false;
    }
    if (digits == 0 || (point && after == 0)) return false;
    return (int)after >= leastAfterPoint && (int)after <= mostAfterPoint;
}

// Patterns: characters, [sets], (groups), |, and the counts ?, *, +, {n}, {n,}, {,m} and {n,m}.
// Every function returns where the text may go on, as a sorted set of positions.
class Pattern {
public:
    Pattern(const std::string &pattern, const std::string &text) : pattern(pattern), text(text) {}

    bool matches() {
        at = 0;
        std::set<size_t> ends = alternatives(start(0));
        return at == pattern.size() && ends.count(text.size()) > 0;
    }

private:
    typedef std::set<size_t> Places;
    const std::string &pattern, &text;
    size_t at;

    static Places start(size_t place) { return Places(&place, &place + 1); }
    bool more() const { return at < pattern.size() && pattern[at] != '|' && pattern[at] != ')'; }

    Places alternatives(const Places &from) {
        Places ends = sequence(from);
        while (at < pattern.size() && pattern[at] == '|') {
            at++;
            Places others = sequence(from);
            ends.insert(others.begin(), others.end());
        }
        return ends;
    }

    Places sequence(Places places) {
        while (more()) places = counted(places);
        return places;
    }

    Places counted(const Places &from) {
        size_t begin = at;
        Places once = single(from);
        size_t least = 1, most = 1;
        if (!count(&least, &most)) return once;
        size_t end = at;
        Places reached = least == 0 ? from : Places(), current = from;
        for (size_t times = 1; times <= most && !current.empty(); times++) {
            at = begin;
            current = single(current);
            size_t known = reached.size();
            if (times >= least) reached.insert(current.begin(), current.end());
            if (times > least && reached.size() == known) break;
        }
        at = end;
        return reached;
    }

    bool count(size_t *least, size_t *most) {
        if (at == pattern.size()) return false;
        switch (pattern[at]) {
            case '?': *least = 0, *most = 1; break;
            case '*': *least = 0, *most = (size_t)-1; break;
            case '+': *least = 1, *most = (size_t)-1; break;
            case '{': {
                size_t close = pattern.find('}', at);
                if (close == std::string::npos) return false;
                std::string inside = pattern.substr(at + 1, close - at - 1);
                size_t comma = inside.find(',');
                *least = strtoul(inside.c_str(), NULL, 10);
                *most = *least;
                if (comma != std::string::npos) {
                    std::string last = inside.substr(comma + 1);
                    *most = last.empty() ? (size_t)-1 : strtoul(last.c_str(), NULL, 10);
                }
                at = close;
                break;
            }
            default: return false;
        }
        at++;
        return true;
    }

    Places single(const Places &from) {
        if (pattern[at] == '(') {
            at++;
            Places ends = alternatives(from);
            if (at < pattern.size()) at++;
            return ends;
        }
        bool wanted[256] = {false};
        set(wanted);
        Places ends;
        for (Places::const_iterator i = from.begin(); i != from.end(); ++i)
            if (*i < text.size() && wanted[(unsigned char)text[*i]]) ends.insert(*i + 1);
        return ends;
    }

    unsigned char literal() {
        if (pattern[at] == '\\' && at + 1 < pattern.size()) at++;
        return (unsigned char)pattern[at++];
    }

    void set(bool *wanted) {
        if (pattern[at] == '.') {
            at++;
            std::fill(wanted, wanted + 256, true);
            return;
        }
        if (pattern[at] != '[') {
            wanted[literal()] = true;
            return;
        }
        at++;
        bool inverse = at < pattern.size() && pattern[at] == '^';
        if (inverse) at++;
        while (at < pattern.size() && pattern[at] != ']') {
            unsigned first = literal(), last = first;
            if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
                at++;
                last = literal();
            }
            for (unsigned c = first; c <= last; c++) wanted[c] = true;
        }
        if (at < pattern.size()) at++;
        if (inverse)
            for (int c = 0; c < 256; c++) wanted[c] = !wanted[c];
    }
};

}  // namespace testlib_detail

class pattern {
public:
    pattern(const std::string &source) : source(source) {}
    bool matches(const std::string &text) const {
        return testlib_detail::Pattern(source, text).matches();
    }
    std::string src() const { return source; }

private:
    std::string source;
};

// Streams

class InStream {
public:
    std::string name;
    TMode mode;
    bool opened, stdfile, strict;
    size_t maxTokenLength, maxFileSize;

    InStream() : mode(_input), opened(false), stdfile(false), strict(false),
                 maxTokenLength(32 << 20), maxFileSize(128 << 20), file(NULL), testCase(-1) {}

    void init(const std::string &path, TMode as) {
        open(fopen(path.c_str(), "rb"), path, as);
        stdfile = false;
        if (file == NULL) quits_(_fail, "cannot open " + path);
        setvbuf(file, NULL, _IOFBF, 1 << 16);
    }

    void init(FILE *opened_file, TMode as) {
        open(opened_file, "standard input", as);
        stdfile = true;
    }

    void close() {
        if (opened) fclose(file);
        opened = false;
        file = NULL;
    }

    void reset() { if (file != NULL) rewind(file); }
    void setTestCase(int number) { testCase = number; }

    // Characters

    int curChar() {
        int c = next();
        back(c);
        return c;
    }

    int nextChar() { return next(); }
    void skipChar() { next(); }
    void unreadChar(int c) { back(c); }
    char readChar() { return (char)next(); }

    char readChar(char wanted) {
        int found = next();
        if (found != (unsigned char)wanted)
            quits(_pe, std::string("Unexpected ") + shown(found) + ", but " +
                  shown((unsigned char)wanted) + " expected");
        return wanted;
    }

    char readSpace() { return readChar(' '); }

    void skipBom() {
        for (int mark : {0xEF, 0xBB, 0xBF}) {
            int c = next();
            if (c != mark) return back(c);
        }
    }

    void skipBlanks() {
        int c = next();
        while (isBlanks(c)) c = next();
        back(c);
    }

    bool eof() { return isEof(curChar()); }

    bool seekEof() {
        if (file == NULL) return true;
        skipBlanks();
        return eof();
    }

    // Goes past the end of a line, if one is here.
    bool eoln() {
        int c = next();
        if (c == LF || (!strict && c == EOF)) return true;
        if (!strict && c == CR) {
            int after = next();
            if (after == LF) return true;
            back(after);
        }
        back(c);
        return false;
    }

    bool seekEoln() {
        int c = next();
        while (c == SPACE || c == TAB) c = next();
        back(c);
        return eoln();
    }

    void readEoln() { if (!eoln()) quit(_pe, "Expected EOLN"); }
    void readEof() { if (!eof()) quit(_pe, "Expected EOF"); }

    // Words and lines

    void readTokenTo(std::string &result) {
        result.clear();
        if (!strict) skipBlanks();
        int c = next();
        if (c == EOF) quit(_unexpected_eof, "Unexpected end of file - token expected");
        if (isBlanks(c)) quit(_pe, "Unexpected white-space - token expected");
        while (!isBlanks(c) && c != EOF) {
            result += (char)c;
            if (result.size() > maxTokenLength)
                quitf(_pe, "Length of token exceeds %lu", (unsigned long)maxTokenLength);
            c = next();
        }
        back(c);
    }

    std::string readToken() {
        std::string result;
        readTokenTo(result);
        return result;
    }

    std::string readToken(const std::string &wanted, const std::string &what = "") {
        std::string result = readToken();
        fit(result, pattern(wanted), "Token", what);
        return result;
    }

    std::string readToken(const pattern &wanted, const std::string &what = "") {
        std::string result = readToken();
        fit(result, wanted, "Token", what);
        return result;
    }

    std::string readWord() { return readToken(); }
    std::string readWord(const std::string &wanted, const std::string &what = "") {
        return readToken(wanted, what);
    }
    std::string readWord(const pattern &wanted, const std::string &what = "") {
        return readToken(wanted, what);
    }
    void readWordTo(std::string &result) { readTokenTo(result); }

    void readStringTo(std::string &result) {
        result.clear();
        if (eof()) quit(_unexpected_eof, "Unexpected end of file - line expected");
        while (!eoln()) {
            if (eof()) break;
            result += (char)next();
            if (result.size() > maxTokenLength)
                quitf(_pe, "Length of line exceeds %lu", (unsigned long)maxTokenLength);
        }
    }

    std::string readString() {
        std::string result;
        readStringTo(result);
        return result;
    }

    std::string readString(const std::string &wanted, const std::string &what = "") {
        std::string result = readString();
        fit(result, pattern(wanted), "Line", what);
        return result;
    }

    std::string readLine() { return readString(); }
    std::string readLine(const std::string &wanted, const std::string &what = "") {
        return readString(wanted, what);
    }
    void readLineTo(std::string &result) { readStringTo(result); }
    void nextLine() { readString(); }

    // Numbers

    long long readLong() { return number<long long>("int64"); }
    unsigned long long readUnsignedLong() { return number<unsigned long long>("uint64"); }

    long long readLong(long long least, long long most, const std::string &what = "") {
        return within(readLong(), least, most, "Integer", what);
    }

    unsigned long long readUnsignedLong(
        unsigned long long least, unsigned long long most, const std::string &what = "") {
        return within(readUnsignedLong(), least, most, "Unsigned integer", what);
    }

    int readInt() {
        std::string token = readToken();
        long long value;
        if (!testlib_detail::parse(token, &value) || value < INT_MIN || value > INT_MAX)
            quits(_pe, "Expected int32, but \"" + compress(token) + "\" found");
        return (int)value;
    }

    int readInt(int least, int most, const std::string &what = "") {
        return within(readInt(), least, most, "Integer", what);
    }

    int readInteger() { return readInt(); }
    int readInteger(int least, int most, const std::string &what = "") {
        return readInt(least, most, what);
    }

    double readDouble() { return number<double>("double"); }
    double readDouble(double least, double most, const std::string &what = "") {
        return within(readDouble(), least, most, "Double", what);
    }
    double readReal() { return readDouble(); }
    double readReal(double least, double most, const std::string &what = "") {
        return readDouble(least, most, what);
    }

    double readStrictDouble(double least, double most, int leastAfterPoint, int mostAfterPoint,
                            const std::string &what = "") {
        std::string token = readToken();
        double value;
        if (!testlib_detail::parseStrict(token, leastAfterPoint, mostAfterPoint) ||
            !testlib_detail::parse(token, &value))
            quits(_pe, "Expected strict double, but \"" + compress(token) + "\" found");
        return within(value, least, most, "Strict double", what);
    }
    double readStrictReal(double least, double most, int leastAfterPoint, int mostAfterPoint,
                          const std::string &what = "") {
        return readStrictDouble(least, most, leastAfterPoint, mostAfterPoint, what);
    }

    // Many at once; a validator wants one space between them.

#define TESTLIB_MANY(Type, Name, one, parameters, arguments)                                     \
    std::vector<Type> Name parameters {                                                          \
        std::vector<Type> values;                                                                \
        for (int i = 0; i < size; i++) {                                                         \
            if (strict && i > 0) readSpace();                                                    \
            std::string what = name.empty() ? name : name + "[" + vtos(i + indexBase) + "]";     \
            (void)what;                                                                          \
            values.push_back(one arguments);                                                     \
        }                                                                                        \
        return values;                                                                           \
    }
#define TESTLIB_PLAIN (int size, const std::string &name = "", int indexBase = 1)
#define TESTLIB_RANGED(Number) \
    (int size, Number least, Number most, const std::string &name = "", int indexBase = 1)

    TESTLIB_MANY(long long, readLongs, readLong, TESTLIB_PLAIN, ())
    TESTLIB_MANY(long long, readLongs, readLong, TESTLIB_RANGED(long long), (least, most, what))
    TESTLIB_MANY(unsigned long long, readUnsignedLongs, readUnsignedLong, TESTLIB_PLAIN, ())
    TESTLIB_MANY(unsigned long long, readUnsignedLongs, readUnsignedLong,
                 TESTLIB_RANGED(unsigned long long), (least, most, what))
    TESTLIB_MANY(int, readInts, readInt, TESTLIB_PLAIN, ())
    TESTLIB_MANY(int, readInts, readInt, TESTLIB_RANGED(int), (least, most, what))
    TESTLIB_MANY(int, readIntegers, readInt, TESTLIB_PLAIN, ())
    TESTLIB_MANY(int, readIntegers, readInt, TESTLIB_RANGED(int), (least, most, what))
    TESTLIB_MANY(double, readDoubles, readDouble, TESTLIB_PLAIN, ())
    TESTLIB_MANY(double, readDoubles, readDouble, TESTLIB_RANGED(double), (least, most, what))
    TESTLIB_MANY(double, readReals, readDouble, TESTLIB_PLAIN, ())
    TESTLIB_MANY(double, readReals, readDouble, TESTLIB_RANGED(double), (least, most, what))
    TESTLIB_MANY(std::string, readTokens, readToken, TESTLIB_PLAIN, ())
    TESTLIB_MANY(std::string, readWords, readToken, TESTLIB_PLAIN, ())
    TESTLIB_MANY(std::string, readTokens, readToken,
                 (int size, const std::string &wanted, const std::string &name, int indexBase = 1),
                 (wanted, what))
    TESTLIB_MANY(std::string, readWords, readToken,
                 (int size, const std::string &wanted, const std::string &name, int indexBase = 1),
                 (wanted, what))

#undef TESTLIB_MANY
#undef TESTLIB_PLAIN
#undef TESTLIB_RANGED

    std::vector<std::string> readLines(int size) {
        std::vector<std::string> lines;
        for (int i = 0; i < size; i++) lines.push_back(readLine());
        return lines;
    }
    std::vector<std::string> readStrings(int size) { return readLines(size); }

    // Judgements. What is wrong with the input or the answer is nobody's fault but the task's.

    NORETURN void quits(TResult result, std::string message) {
        if (testCase >= 0) message += " (test case " + vtos(testCase) + ")";
        if (mode != _output && result != _fail) {
            message = (mode == _input ? "in the input: " : "in the answer: ") + message;
            if (result != _ok) result = _fail;
        }
        quits_(result, message);
    }

    NORETURN void quit(TResult result, const char *message) { quits(result, message); }

    TESTLIB_PRINTF(3, 4) NORETURN void quitf(TResult result, const char *fmt, ...) {
        TESTLIB_FORMAT(fmt, message)
        quits(result, message);
    }

    TESTLIB_PRINTF(4, 5) void quitif(bool condition, TResult result, const char *fmt, ...) {
        if (!condition) return;
        TESTLIB_FORMAT(fmt, message)
        quits(result, message);
    }

private:
    FILE *file;
    int testCase;
    std::vector<int> unread;

    NORETURN static void quits_(TResult result, const std::string &message);

    void open(FILE *new_file, const std::string &path, TMode as) {
        file = new_file;
        name = path;
        mode = as;
        opened = file != NULL;
    }

    int next() {
        if (!unread.empty()) {
            int c = unread.back();
            unread.pop_back();
            return c;
        }
        return file == NULL ? EOF : getc(file);
    }

    void back(int c) { unread.push_back(c); }

    static std::string shown(int c) {
        if (c == EOF) return "end of file";
        if (c < 32 || c > 126) return "character #" + vtos(c);
        return std::string("character '") + (char)c + "'";
    }

    template <typename T>
    T number(const char *kind) {
        std::string token = readToken();
        T value = T();
        if (!testlib_detail::parse(token, &value))
            quits(_pe, std::string("Expected ") + kind + ", but \"" + compress(token) + "\" found");
        return value;
    }

    template <typename T>
    T within(T value, T least, T most, const char *kind, const std::string &what) {
        if (!(least <= value && value <= most)) {
            std::string named = what.empty() ? "" : " [name=" + what + "]";
            quits(_wa, kind + named + " equals to " + vtos(value) + ", violates the range [" +
                  vtos(least) + ", " + vtos(most) + "]");
        }
        return value;
    }

    void fit(const std::string &text, const pattern &wanted, const char *kind,
             const std::string &what) {
        if (wanted.matches(text)) return;
        std::string named = what.empty() ? "" : " [name=" + what + "]";
        quits(_wa, kind + named + " equals to \"" + compress(text) +
              "\", doesn't correspond to pattern \"" + wanted.src() + "\"");
    }
};

static InStream inf, ouf, ans;
static std::fstream tout;
static TTestlibMode testlibMode = _unknown;

namespace testlib_detail {

static bool judged = false;
static std::string reportPath;

// A checker that comes to its end without a judgement has not accepted anything.
struct Guard {
    ~Guard() {
        if (testlibMode == _unknown || testlibMode == _validator || judged) return;
        fputs("FAIL it ended without a call of quit\n", stderr);
        fflush(NULL);
        _Exit(FAIL_EXIT_CODE);
    }
};
static Guard guard TESTLIB_UNUSED;

NORETURN inline void finish(int code, const char *word, const std::string &message) {
    judged = true;
    if (tout.is_open()) tout.close();
    std::cout.flush();
    FILE *report = reportPath.empty() ? NULL : fopen(reportPath.c_str(), "w");
    for (FILE *to : {stderr, report})
        if (to != NULL) fprintf(to, "%s %s\n", word, message.c_str());
    if (report != NULL) fclose(report);
    exit(code);
}

}  // namespace testlib_detail

inline void InStream::quits_(TResult result, const std::string &message) {
    using testlib_detail::finish;
    if (result == _ok && testlibMode == _checker && !ouf.seekEof())
        finish(DIRT_EXIT_CODE, "wrong output format", "Extra information in the output file");
    if (result >= _partially) {
        double parts = std::min(std::max(int(result) - int(_partially), 0), 200);
        finish(POINTS_EXIT_CODE, "points", vtos(parts / 200) + " " + message);
    }
    switch (result) {
        case _ok: finish(OK_EXIT_CODE, "ok", message);
        case _wa: finish(WA_EXIT_CODE, "wrong answer", message);
        case _pe: finish(PE_EXIT_CODE, "wrong output format", message);
        case _unexpected_eof: finish(UNEXPECTED_EOF_EXIT_CODE, "unexpected eof", message);
        case _dirt: finish(DIRT_EXIT_CODE, "wrong output format", message);
        case _points: finish(POINTS_EXIT_CODE, "points", message);
        default: finish(FAIL_EXIT_CODE, "FAIL", message);
    }
}

NORETURN inline void quits(TResult result, const std::string &message) {
    ouf.quits(result, message);
}
NORETURN inline void quit(TResult result, const std::string &message) { quits(result, message); }

TESTLIB_PRINTF(2, 3) NORETURN inline void quitf(TResult result, const char *fmt, ...) {
    TESTLIB_FORMAT(fmt, message)
    quits(result, message);
}

TESTLIB_PRINTF(3, 4) inline void quitif(bool condition, TResult result, const char *fmt, ...) {
    if (!condition) return;
    TESTLIB_FORMAT(fmt, message)
    quits(result, message);
}

NORETURN inline void quitp(double points, const std::string &message = "") {
    quits(_points, testlib_format_("%.10g", points) + " " + message);
}

TESTLIB_PRINTF(2, 3) NORETURN inline void quitp(double points, const char *fmt, ...) {
    TESTLIB_FORMAT(fmt, message)
    quitp(points, message);
}

template <typename Points, typename... Arguments>
NORETURN void quitp(Points points, const char *fmt, Arguments... arguments) {
    quitp((double)points, testlib_format_(fmt, arguments...));
}

NORETURN inline void quitpi(const std::string &info, const std::string &message = "") {
    quits(_points, info + " " + message);
}

inline void ensure_(bool condition, const char *text, int line) {
    if (!condition) quitf(_fail, "condition failed, line %d: %s", line, text);
}
#define ensure(condition) ensure_((condition), #condition, __LINE__)
#define ensure_ext(condition) ensure_((condition), #condition, __LINE__)

TESTLIB_PRINTF(2, 3) inline void ensuref(bool condition, const char *fmt, ...) {
    if (condition) return;
    TESTLIB_FORMAT(fmt, message)
    quits(_fail, message);
}

template <typename T>
NORETURN void expectedButFound(TResult result, const T &expected, const T &found,
                               const std::string &before = "") {
    std::ostringstream text;
    text << std::setprecision(10);
    if (!before.empty()) text << before << ": ";
    text << "expected '" << expected << "', found '" << found << "'";
    quits(result, text.str());
}

template <typename T, typename... Arguments>
NORETURN void expectedButFound(TResult result, T expected, T found, const char *fmt,
                               Arguments... arguments) {
    expectedButFound(result, expected, found, testlib_format_(fmt, arguments...));
}

inline int stringToInt(const std::string &text) {
    long long value;
    if (!testlib_detail::parse(text, &value) || value < INT_MIN || value > INT_MAX)
        quits(_pe, "Expected int32, but \"" + compress(text) + "\" found");
    return (int)value;
}

inline long long stringToLongLong(InStream &in, const char *text) {
    long long value;
    if (!testlib_detail::parse(text, &value))
        in.quits(_pe, std::string("Expected int64, but \"") + compress(text) + "\" found");
    return value;
}

inline double stringToDouble(InStream &in, const char *text) {
    double value;
    if (!testlib_detail::parse(text, &value))
        in.quits(_pe, std::string("Expected double, but \"") + compress(text) + "\" found");
    return value;
}

// Beginning

inline void setName(const char *, ...) {}
inline void setTestCase(int number) {
    for (InStream *stream : {&inf, &ouf, &ans}) stream->setTestCase(number);
}
inline void unsetTestCase() { setTestCase(-1); }
inline void setAppesModeEncoding(const std::string &) {}
inline void disableFinalizeGuard() { testlib_detail::judged = true; }

namespace testlib_detail {

NORETURN inline void misuse(const char *arguments) {
    finish(FAIL_EXIT_CODE, "FAIL", std::string("it has to be run with the arguments ") + arguments);
}

}  // namespace testlib_detail

// Arguments: the input, the output to judge, the answer, and perhaps where to put the report.
inline void registerTestlibCmd(int argc, char *argv[]) {
    testlibMode = _checker;
    if (argc < 4) testlib_detail::misuse("<input> <output> <answer> [<report> [-appes]]");
    if (argc > 4) testlib_detail::reportPath = argv[4];
    inf.init(argv[1], _input);
    ouf.init(argv[2], _output);
    ans.init(argv[3], _answer);
}

inline void registerTestlib(int argc, ...) {
    testlibMode = _checker;
    if (argc < 3) testlib_detail::misuse("<input> <output> <answer>");
    va_list arguments;
    va_start(arguments, argc);
    inf.init(va_arg(arguments, char *), _input);
    ouf.init(va_arg(arguments, char *), _output);
    ans.init(va_arg(arguments, char *), _answer);
    va_end(arguments);
}

// Arguments: the input, a file to write to, and perhaps the answer and where to put the report.
// The program talks over the standard streams.
inline void registerInteraction(int argc, char *argv[]) {
    testlibMode = _interactor;
    if (argc < 3) testlib_detail::misuse("<input> <output> [<answer> [<report> [-appes]]]");
    if (argc > 4) testlib_detail::reportPath = argv[4];
    signal(SIGPIPE, SIG_IGN);  // a program that has ended is found out when reading from it
    inf.init(argv[1], _input);
    ouf.init(stdin, _output);
    tout.open(argv[2], std::ios_base::out | std::ios_base::trunc);
    if (!tout.is_open()) quitf(_fail, "cannot write %s", argv[2]);
    if (argc > 3)
        ans.init(argv[3], _answer);
    else
        ans.mode = _answer;
}

inline void registerValidation() {
    testlibMode = _validator;
    inf.init(stdin, _input);
    inf.strict = true;
}
inline void registerValidation(int, char *[]) { registerValidation(); }

// Chance: the same numbers in every run.

class random_t {
public:
    random_t() : state(0x5DEECE66Dull) {}
    void setSeed(long long seed) { state = (unsigned long long)seed * 2862933555777941757ull + 1; }

    int next(int n) { return (int)below((unsigned long long)n); }
    unsigned next(unsigned n) { return (unsigned)below(n); }
    long next(long n) { return (long)below((unsigned long long)n); }
    long long next(long long n) { return (long long)below((unsigned long long)n); }
    unsigned long next(unsigned long n) { return (unsigned long)below(n); }
    double next() { return (double)(bits() >> 11) / 9007199254740992.0; }
    double next(double n) { return next() * n; }
    double next(double from, double to) { return from + next() * (to - from); }
    int next(int from, int to) { return (int)(from + (long long)below(1ull + to - from)); }
    long next(long from, long to) { return (long)next((long long)from, (long long)to); }
    long long next(long long from, long long to) {
        return (long long)(from + below((unsigned long long)to - from + 1));
    }

    template <typename Number>
    Number wnext(Number n, int type) {
        Number value = next(n);
        for (int i = 0; i < std::abs(type); i++)
            value = type > 0 ? std::max(value, next(n)) : std::min(value, next(n));
        return value;
    }

    template <typename Container>
    typename Container::value_type any(const Container &items) {
        typename Container::const_iterator i = items.begin();
        std::advance(i, next((long long)items.size()));
        return *i;
    }

    template <typename T, typename E>
    std::vector<E> perm(T size, E first) {
        std::vector<E> values(size);
        for (T i = 0; i < size; i++) {
            T other = next(i + 1);
            values[i] = values[other];
            values[other] = E(first + i);
        }
        return values;
    }
    template <typename T>
    std::vector<T> perm(T size) { return perm(size, T(0)); }

private:
    unsigned long long state;

    unsigned long long bits() {
        unsigned long long mixed = state += 0x9E3779B97F4A7C15ull;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ull;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBull;
        return mixed ^ (mixed >> 31);
    }

    unsigned long long below(unsigned long long n) { return n == 0 ? bits() : bits() % n; }
};

static random_t rnd TESTLIB_UNUSED;

template <typename Iterator>
void shuffle(Iterator first, Iterator last) {
    for (long long i = 1; i < last - first; i++)
        std::iter_swap(first + i, first + rnd.next(i + 1));
}

#endif
