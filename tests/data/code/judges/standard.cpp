// The checkers that come with testlib, as far as problems name them, in our own words. The input
// of a test says which of them is to judge.
#include "testlib.h"

#include <map>
#include <string>
#include <vector>

using namespace std;

static void words() {  // wcmp
    int n = 0;
    string expected, found;
    while (!ans.seekEof() && !ouf.seekEof()) {
        n++;
        ans.readWordTo(expected);
        ouf.readWordTo(found);
        if (expected != found)
            quitf(_wa, "%d%s words differ - expected: '%s', found: '%s'", n,
                  englishEnding(n).c_str(), compress(expected).c_str(), compress(found).c_str());
    }
    if (!ans.seekEof()) quitf(_wa, "Unexpected EOF in the participants output");
    if (!ouf.seekEof()) quitf(_wa, "Unexpected EOF in the jury's answer - more words");
    quitf(_ok, "%d words", n);
}

static void numbers() {  // ncmp
    int n = 0;
    while (!ans.seekEof() && !ouf.seekEof()) {
        n++;
        long long expected = ans.readLong(), found = ouf.readLong();
        if (expected != found)
            quitf(_wa, "%d%s numbers differ - expected: '%s', found: '%s'", n,
                  englishEnding(n).c_str(), vtos(expected).c_str(), vtos(found).c_str());
    }
    int more = 0;
    while (!ans.seekEof()) ans.readLong(), more++;
    if (more > 0) quitf(_wa, "Answer contains longer sequence [length = %d]", n + more);
    while (!ouf.seekEof()) ouf.readLong(), more++;
    if (more > 0) quitf(_wa, "Output contains longer sequence [length = %d]", n + more);
    quitf(_ok, "%d number(s)", n);
}

static bool sameWords(const string &one, const string &other) {
    return tokenize(one, " \t\r") == tokenize(other, " \t\r");
}

static void lines(bool exactly) {  // fcmp, lcmp
    int n = 0;
    while (!ans.eof()) {
        string expected = ans.readString();
        if (expected.empty() && ans.eof()) break;
        n++;
        string found = ouf.readString();
        if (exactly ? expected != found : !sameWords(expected, found))
            quitf(_wa, "%d%s lines differ - expected: '%s', found: '%s'", n,
                  englishEnding(n).c_str(), compress(expected).c_str(), compress(found).c_str());
    }
    quitf(_ok, "%d lines", n);
}

static void reals(double error) {  // rcmp4, rcmp6, rcmp9
    int n = 0;
    while (!ans.seekEof()) {
        n++;
        double expected = ans.readDouble(), found = ouf.readDouble();
        if (!doubleCompare(expected, found, error))
            quitf(_wa, "%d%s numbers differ - expected: '%.7f', found: '%.7f', error = '%.7f'", n,
                  englishEnding(n).c_str(), expected, found, doubleDelta(expected, found));
    }
    quitf(_ok, "%d numbers", n);
}

static bool isYes(InStream &stream) {
    string word = upperCase(stream.readWord());
    if (word != "YES" && word != "NO")
        stream.quitf(stream.mode == _answer ? _fail : _pe, "YES or NO expected, but %s found",
                     compress(word).c_str());
    return word == "YES";
}

static void yesno() {
    bool expected = isYes(ans), found = isYes(ouf);
    if (expected != found)
        quitf(_wa, "expected %s, found %s", expected ? "YES" : "NO", found ? "YES" : "NO");
    quitf(_ok, "answer is %s", found ? "YES" : "NO");
}

static void nyesno() {
    int n = 0;
    while (!ans.seekEof() && !ouf.seekEof()) {
        n++;
        if (isYes(ans) != isYes(ouf)) quitf(_wa, "token %d differs", n);
    }
    quitif(!ans.seekEof(), _wa, "participant has fewer answers than %d", n + 1);
    quitif(!ouf.seekEof(), _wa, "participant has more answers than %d", n);
    quitf(_ok, "%d tokens", n);
}

static void hugeIntegers() {  // hcmp
    const string integer = "0|-?[1-9][0-9]{0,}";
    string expected = ans.readWord(), found = ouf.readWord();
    if (!pattern(integer).matches(expected)) quitf(_fail, "%s is no integer", expected.c_str());
    if (!pattern(integer).matches(found)) quitf(_pe, "%s is no integer", compress(found).c_str());
    if (expected != found) expectedButFound<string>(_wa, expected, found);
    quitf(_ok, "answer is '%s'", compress(found).c_str());
}

// Some that problems bring themselves.

static void aPath() {
    int n = inf.readInt(1, 100, "n"), m = inf.readInt();
    vector<vector<char>> joined(n + 1, vector<char>(n + 1));
    for (int i = 0; i < m; i++) {
        int a = inf.readInt(), b = inf.readInt();
        joined[a][b] = joined[b][a] = 1;
    }
    auto length = [&](InStream &stream) {
        vector<int> path = stream.readInts(stream.readInt(1, n, "length"), 1, n, "path");
        if (path.front() != 1 || path.back() != n) stream.quitf(_wa, "the path leads elsewhere");
        for (size_t i = 1; i < path.size(); i++)
            if (!joined[path[i - 1]][path[i]])
                stream.quitf(_wa, "there is no edge %d-%d", path[i - 1], path[i]);
        return (int)path.size();
    };
    int best = length(ans), found = length(ouf);
    if (found < best) quitf(_fail, "participant has a better answer");
    if (found > best) quitf(_wa, "a path of %d is not the shortest", found);
    quitf(_ok, "a path of %d", found);
}

static void points() {
    double share = ouf.readDouble(0, 1);
    quitp(share, "a share of %.2f", share);
}

int main(int argc, char *argv[]) {
    setName("several checkers, chosen by the input");
    registerTestlibCmd(argc, argv);
    string wanted = inf.readWord();
    if (wanted == "wcmp") words();
    if (wanted == "ncmp") numbers();
    if (wanted == "fcmp") lines(true);
    if (wanted == "lcmp") lines(false);
    if (wanted == "rcmp4") reals(1e-4);
    if (wanted == "rcmp6") reals(1e-6);
    if (wanted == "rcmp9") reals(1e-9);
    if (wanted == "yesno") yesno();
    if (wanted == "nyesno") nyesno();
    if (wanted == "hcmp") hugeIntegers();
    if (wanted == "path") aPath();
    if (wanted == "points") points();
    if (wanted == "pc") quitf(_pc(ouf.readInt()), "percent");
    if (wanted == "line") quitif(ouf.readLine("[a-z ]{1,5}", "line") != "", _ok, "fits");
    if (wanted == "strict") ouf.readStrictDouble(-1, 1, 2, 4, "x"), quitf(_ok, "strict");
    if (wanted == "ensure") ensuref(ouf.readInt() == 1, "it is not %d", 1), quitf(_ok, "sure");
    if (wanted == "crash") abort();
    if (wanted == "raise") throw 1;
    if (wanted == "forgets") return 0;
    quitf(_fail, "no such checker: %s", wanted.c_str());
}
