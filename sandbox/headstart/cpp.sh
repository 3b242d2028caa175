# Precompiled headers, found by -I: g++ takes one if it is the first thing included and all flags and
# macros are those that it was made with. The options are those of the language table.
command -v g++ >/dev/null || exit 77

for header in bits/stdc++.h iostream; do
    mkdir -p "$2/$header.gch"
    echo "#include <$header>" >header.h
    for standard in gnu++17 gnu++20 gnu++23; do
        g++ -O2 "-std=$standard" -x c++-header -o "$2/$header.gch/$standard" header.h
    done
done
