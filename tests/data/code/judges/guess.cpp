// An interactor: the program is to find a number from 1 to 1000 with at most 10 questions.
#include "testlib.h"

#include <iostream>
#include <string>

using namespace std;

int main(int argc, char *argv[]) {
    setName("guess a number");
    registerInteraction(argc, argv);
    int secret = inf.readInt(1, 1000, "secret");
    cout << 1000 << endl;
    for (int asked = 0; asked <= 10; asked++) {
        string what = ouf.readToken("[?!]", "what");
        int number = ouf.readInt(1, 1000, "number");
        if (what == "!") {
            tout << asked << endl;
            if (number != secret) quitf(_wa, "it is %d, not %d", secret, number);
            quitf(_ok, "found after %d questions", asked);
        }
        cout << (number < secret ? "<" : number > secret ? ">" : "=") << endl;
    }
    quitf(_wa, "too many questions");
}
