# Precompiled headers, found by -I: g++ takes one if it is the first thing included and all flags and
# macros are those that it was made with. The options are those of the language table.
command -v g++ >/dev/null || exit 77
export LC_ALL=C

precompile() { # HEADER STANDARD FILE
    mkdir -p "$(dirname "$3")"
    g++ -O2 "-std=$2" -x c++-header -o "$3" "$1"
}

# `bits/stdc++.h` once more, without what is seldom named. Inline functions that are there call
# templates, which g++ instantiates at the end of every program whether or not that calls them: in
# C++17 two fifths of all time, in C++20 three.
seldom='barrier|charconv|chrono|codecvt|condition_variable|filesystem|format|future|generator|latch'
seldom="$seldom|memory_resource|mutex|print|regex|scoped_allocator|semaphore|shared_mutex|stacktrace"
seldom="$seldom|stop_token|syncstream|thread|valarray"

few() { # what the shorter header is made of
    whole=$(sed -n 's/^# 1 "\(.*stdc++\.h\)".*/\1/p' expanded | head -n 1)
    # The special functions of mathematics (beta, hermite, ...) are a part of <cmath>.
    echo '#include <bits/c++config.h>'
    echo '#undef _GLIBCXX_USE_STD_SPEC_FUNCS'
    echo '#define _GLIBCXX_USE_STD_SPEC_FUNCS 0'
    sed -E "/^ *# *include <($seldom)>/d" "$whole"
}

macros() { # HEADER STANDARD
    g++ -O2 "-std=$2" -E -dM -x c++ "$1" | sort
}

# Of the words in the file `words`, the compiler's complaints of those that cannot be named.
strangers() { # HEADER STANDARD
    {
        echo "#include \"$1\""
        echo 'namespace in_std {'
        sed 's/.*/using std::&;/' words
        echo '} namespace in_global {'
        sed 's/.*/using ::&;/' words
        echo '}'
    } >probe.cpp
    ! g++ "-std=$2" -fsyntax-only -fmax-errors=0 -fno-diagnostics-show-caret -w probe.cpp 2>said
    sed -n 's/^[^ ]* error: \(.* has not been declared in .*\)/\1/p' said | sort
}

# All that can be named with the whole header and not with the shorter one, and what that leaves out.
missing() { # STANDARD
    sed '/^#/d' expanded | grep -oE '[A-Za-z_][A-Za-z0-9_]*' | sort -u >words
    strangers whole.h "$1" >strange-to-whole
    strangers few.h "$1" >strange-to-few
    comm -13 strange-to-whole strange-to-few | sed "s/^'\([A-Za-z0-9_]*\)'.*/\1/"
    macros whole.h "$1" >macros-of-whole
    macros few.h "$1" >macros-of-few
    comm -3 macros-of-whole macros-of-few | sed -E 's/^\t?#define ([A-Za-z0-9_]*).*/\1/'
    sed -nE 's/^# 1 ".*\/('"$seldom"')".*/\1/p' expanded
}

echo '#include <bits/stdc++.h>' >whole.h
echo '#include <iostream>' >iostream.h
for standard in gnu++17 gnu++20 gnu++23; do
    precompile whole.h "$standard" "$2/bits/stdc++.h.gch/$standard"
    precompile iostream.h "$standard" "$2/iostream.gch/$standard"
    g++ "-std=$standard" -E -x c++ whole.h >expanded
    few >few.h
    precompile few.h "$standard" "$2/few/bits/stdc++.h.gch/$standard"
    missing "$standard" | sort -u >"$2/few/$standard.missing"
    grep -qx mutex "$2/few/$standard.missing" # or the compiler was not understood
done
