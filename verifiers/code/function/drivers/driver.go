// Calls a Go solution once and tells what came of it. The protocol is that of
// verifiers/code/function/wire.py. Nothing here is believed: it runs beside the solution and may be
// changed by it.

type rewardboxUnfit string

func rewardboxRun(answer func(request map[string]any) string) {
	out, _ := rewardbox_syscall.Dup(1)
	text, _ := rewardbox_io.ReadAll(rewardbox_os.Stdin)
	token, body, found := rewardbox_bytes.Cut(text, []byte("\n"))
	if !found {
		rewardbox_os.Exit(1)
	}
	request := map[string]any{}
	decoder := rewardbox_json.NewDecoder(rewardbox_bytes.NewReader(body))
	decoder.UseNumber()
	reply := ""
	if err := decoder.Decode(&request); err != nil {
		reply = `{"unfit":` + rewardboxText(err.Error()) + `}`
	} else {
		reply = rewardboxReply(answer, request)
	}
	told := []byte("\n" + string(token) + reply + "\n")
	for len(told) > 0 {
		sent, err := rewardbox_syscall.Write(out, told)
		if err != nil {
			rewardbox_os.Exit(1)
		}
		told = told[sent:]
	}
	rewardbox_os.Exit(0)
}

func rewardboxReply(answer func(request map[string]any) string, request map[string]any) (reply string) {
	defer func() {
		switch raised := recover().(type) {
		case nil:
		case rewardboxUnfit:
			reply = `{"unfit":` + rewardboxText(string(raised)) + `}`
		default:
			rewardbox_fmt.Fprintln(rewardbox_os.Stderr, "panic:", raised)
			said := rewardbox_fmt.Sprintf("%.1000s", rewardbox_fmt.Sprint(raised))
			reply = `{"raised":[["panic"],` + rewardboxText(said) + `]}`
		}
	}()
	return `{"result":` + answer(request) + `}`
}

func rewardboxCallOnce(request map[string]any, function any) string {
	call := rewardbox_reflect.ValueOf(function)
	args := rewardboxDecodeAll(request["args"].([]any), call.Type())
	results := call.Call(args)
	if place, ok := request["in_place"].(rewardbox_json.Number); ok {
		number, _ := rewardbox_strconv.Atoi(place.String())
		return rewardboxEncode(args[number])
	}
	return rewardboxResults(results)
}

func rewardboxLive(request map[string]any, made any, methods func(object any) map[string]any) string {
	ops, args := request["ops"].([]any), request["args"].([]any)
	maker := rewardbox_reflect.ValueOf(made)
	object := maker.Call(rewardboxDecodeAll(args[0].([]any), maker.Type()))[0]
	if object.Kind() != rewardbox_reflect.Pointer {
		pointer := rewardbox_reflect.New(object.Type())
		pointer.Elem().Set(object)
		object = pointer
	}
	table := methods(object.Interface())
	out := "[null"
	for number := 1; number < len(ops); number++ {
		method := rewardbox_reflect.ValueOf(table[ops[number].(string)])
		raw := args[number].([]any)
		out += "," + rewardboxResults(method.Call(rewardboxDecodeAll(raw, method.Type())))
	}
	return out + "]"
}

// Arguments

func rewardboxDecodeAll(raw []any, function rewardbox_reflect.Type) []rewardbox_reflect.Value {
	if len(raw) != function.NumIn() {
		panic(rewardboxUnfit(rewardbox_fmt.Sprintf("the solution takes %d arguments, not %d", function.NumIn(), len(raw))))
	}
	args := make([]rewardbox_reflect.Value, len(raw))
	for place, each := range raw {
		args[place] = rewardboxDecode(each, function.In(place))
	}
	return args
}

func rewardboxRefuse(kind rewardbox_reflect.Type) {
	panic(rewardboxUnfit("an argument is no " + kind.String() + ", as the solution has it"))
}

func rewardboxDecode(raw any, kind rewardbox_reflect.Type) rewardbox_reflect.Value {
	value := rewardbox_reflect.New(kind).Elem()
	switch kind.Kind() {
	case rewardbox_reflect.Bool:
		given, ok := raw.(bool)
		if !ok {
			rewardboxRefuse(kind)
		}
		value.SetBool(given)
	case rewardbox_reflect.Int, rewardbox_reflect.Int8, rewardbox_reflect.Int16, rewardbox_reflect.Int32, rewardbox_reflect.Int64:
		number, err := rewardbox_strconv.ParseInt(rewardboxInteger(raw, kind), 10, kind.Bits())
		if err != nil {
			rewardboxRefuse(kind)
		}
		value.SetInt(number)
	case rewardbox_reflect.Uint, rewardbox_reflect.Uint8, rewardbox_reflect.Uint16, rewardbox_reflect.Uint32, rewardbox_reflect.Uint64:
		number, err := rewardbox_strconv.ParseUint(rewardboxInteger(raw, kind), 10, kind.Bits())
		if err != nil {
			rewardboxRefuse(kind)
		}
		value.SetUint(number)
	case rewardbox_reflect.Float32, rewardbox_reflect.Float64:
		number, ok := raw.(rewardbox_json.Number)
		real, err := rewardbox_strconv.ParseFloat(number.String(), kind.Bits())
		if !ok || err != nil {
			rewardboxRefuse(kind)
		}
		value.SetFloat(real)
	case rewardbox_reflect.String:
		text, ok := raw.(string)
		if !ok {
			rewardboxRefuse(kind)
		}
		value.SetString(text)
	case rewardbox_reflect.Slice, rewardbox_reflect.Array:
		rewardboxDecodeItems(raw, value)
	case rewardbox_reflect.Map:
		rewardboxDecodeMap(raw, value)
	case rewardbox_reflect.Pointer:
		if raw != nil {
			value.Set(rewardboxDecodePointer(raw, kind))
		}
	case rewardbox_reflect.Interface:
		if natural := rewardboxNatural(raw); natural != nil {
			value.Set(rewardbox_reflect.ValueOf(natural))
		}
	default:
		rewardboxRefuse(kind)
	}
	return value
}

// A number as it is spelt; a single character is one too, for runes and bytes.
func rewardboxInteger(raw any, kind rewardbox_reflect.Type) string {
	switch given := raw.(type) {
	case rewardbox_json.Number:
		return rewardbox_strings.TrimSuffix(given.String(), ".0")
	case string:
		characters := []rune(given)
		isCharacter := kind.Kind() == rewardbox_reflect.Uint8 || kind.Kind() == rewardbox_reflect.Int32
		if len(characters) == 1 && isCharacter {
			return rewardbox_strconv.Itoa(int(characters[0]))
		}
	}
	return ""
}

func rewardboxDecodeItems(raw any, value rewardbox_reflect.Value) {
	items, ok := raw.([]any)
	if !ok || value.Kind() == rewardbox_reflect.Array && value.Len() != len(items) {
		rewardboxRefuse(value.Type())
	}
	if value.Kind() == rewardbox_reflect.Slice {
		value.Set(rewardbox_reflect.MakeSlice(value.Type(), len(items), len(items)))
	}
	for place, item := range items {
		value.Index(place).Set(rewardboxDecode(item, value.Type().Elem()))
	}
}

func rewardboxDecodeMap(raw any, value rewardbox_reflect.Value) {
	pairs, ok := raw.(map[string]any)
	if !ok {
		rewardboxRefuse(value.Type())
	}
	value.Set(rewardbox_reflect.MakeMap(value.Type()))
	for key, item := range pairs {
		var spelt any = key
		if value.Type().Key().Kind() != rewardbox_reflect.String {
			spelt = rewardbox_json.Number(key)
		}
		value.SetMapIndex(rewardboxDecode(spelt, value.Type().Key()), rewardboxDecode(item, value.Type().Elem()))
	}
}

func rewardboxNatural(raw any) any {
	switch given := raw.(type) {
	case rewardbox_json.Number:
		if whole, err := given.Int64(); err == nil {
			return int(whole)
		}
		real, _ := given.Float64()
		return real
	case []any:
		for place := range given {
			given[place] = rewardboxNatural(given[place])
		}
	case map[string]any:
		for key := range given {
			given[key] = rewardboxNatural(given[key])
		}
	}
	return raw
}

// Linked lists and trees, whatever their types are called

func rewardboxIsNode(kind rewardbox_reflect.Type, link string) bool {
	if kind.Kind() != rewardbox_reflect.Pointer || kind.Elem().Kind() != rewardbox_reflect.Struct {
		return false
	}
	_, hasValue := kind.Elem().FieldByName("Val")
	_, hasLink := kind.Elem().FieldByName(link)
	return hasValue && hasLink
}

func rewardboxDecodePointer(raw any, kind rewardbox_reflect.Type) rewardbox_reflect.Value {
	isList, isTree := rewardboxIsNode(kind, "Next"), rewardboxIsNode(kind, "Left")
	if !isList && !isTree {
		value := rewardbox_reflect.New(kind.Elem())
		value.Elem().Set(rewardboxDecode(raw, kind.Elem()))
		return value
	}
	values, ok := raw.([]any)
	if !ok {
		rewardboxRefuse(kind)
	}
	made := func(value any) rewardbox_reflect.Value {
		node := rewardbox_reflect.New(kind.Elem())
		field := node.Elem().FieldByName("Val")
		field.Set(rewardboxDecode(value, field.Type()))
		return node
	}
	if isTree {
		return rewardboxTree(values, made, rewardbox_reflect.Zero(kind))
	}
	head := rewardbox_reflect.Zero(kind)
	for place := len(values) - 1; place >= 0; place-- {
		node := made(values[place])
		node.Elem().FieldByName("Next").Set(head)
		head = node
	}
	return head
}

func rewardboxTree(values []any, made func(value any) rewardbox_reflect.Value, none rewardbox_reflect.Value) rewardbox_reflect.Value {
	if len(values) == 0 || values[0] == nil {
		return none
	}
	root := made(values[0])
	parents, rest := []rewardbox_reflect.Value{root}, values[1:]
	for len(parents) > 0 {
		parent := parents[0]
		parents = parents[1:]
		for _, side := range []string{"Left", "Right"} {
			if len(rest) == 0 {
				return root
			}
			if rest[0] != nil {
				child := made(rest[0])
				parent.Elem().FieldByName(side).Set(child)
				parents = append(parents, child)
			}
			rest = rest[1:]
		}
	}
	return root
}

func rewardboxEncodeNodes(first rewardbox_reflect.Value, name string, links ...string) string {
	if first.IsNil() {
		return `{"t":"nothing"}`
	}
	seen := map[uintptr]bool{}
	values := []string{}
	level := []rewardbox_reflect.Value{first}
	for len(level) > 0 {
		node := level[0]
		level = level[1:]
		if node.IsNil() {
			values = append(values, "null")
			continue
		}
		if seen[node.Pointer()] {
			return `{"t":"` + name + ` that is met twice"}`
		}
		seen[node.Pointer()] = true
		values = append(values, rewardboxEncode(node.Elem().FieldByName("Val")))
		for _, link := range links {
			level = append(level, node.Elem().FieldByName(link))
		}
	}
	for values[len(values)-1] == "null" {
		values = values[:len(values)-1]
	}
	return `{"t":"` + name + `","v":[` + rewardbox_strings.Join(values, ",") + `]}`
}

// Results

func rewardboxResults(results []rewardbox_reflect.Value) string {
	switch len(results) {
	case 0:
		return "null"
	case 1:
		return rewardboxEncode(results[0])
	}
	return rewardboxJoin(len(results), func(place int) rewardbox_reflect.Value { return results[place] })
}

func rewardboxJoin(count int, at func(place int) rewardbox_reflect.Value) string {
	parts := make([]string, count)
	for place := range parts {
		parts[place] = rewardboxEncode(at(place))
	}
	return "[" + rewardbox_strings.Join(parts, ",") + "]"
}

func rewardboxEncode(value rewardbox_reflect.Value) string {
	switch value.Kind() {
	case rewardbox_reflect.Bool:
		return rewardbox_strconv.FormatBool(value.Bool())
	case rewardbox_reflect.Int, rewardbox_reflect.Int8, rewardbox_reflect.Int16, rewardbox_reflect.Int32, rewardbox_reflect.Int64:
		return rewardbox_strconv.FormatInt(value.Int(), 10)
	case rewardbox_reflect.Uint8:
		return rewardboxText(string(rune(value.Uint())))
	case rewardbox_reflect.Uint, rewardbox_reflect.Uint16, rewardbox_reflect.Uint32, rewardbox_reflect.Uint64:
		return rewardbox_strconv.FormatUint(value.Uint(), 10)
	case rewardbox_reflect.Float32, rewardbox_reflect.Float64:
		return rewardboxReal(value.Float(), value.Type().Bits())
	case rewardbox_reflect.String:
		return rewardboxText(value.String())
	case rewardbox_reflect.Slice, rewardbox_reflect.Array:
		return rewardboxJoin(value.Len(), value.Index)
	case rewardbox_reflect.Map:
		parts := []string{}
		for _, key := range value.MapKeys() {
			parts = append(parts, "["+rewardboxEncode(key)+","+rewardboxEncode(value.MapIndex(key))+"]")
		}
		return `{"o":[` + rewardbox_strings.Join(parts, ",") + `]}`
	case rewardbox_reflect.Pointer:
		return rewardboxEncodePointer(value)
	case rewardbox_reflect.Interface:
		if value.IsNil() {
			return "null"
		}
		return rewardboxEncode(value.Elem())
	}
	return `{"t":` + rewardboxText(value.Type().String()) + `}`
}

func rewardboxEncodePointer(value rewardbox_reflect.Value) string {
	switch {
	case rewardboxIsNode(value.Type(), "Next"):
		return rewardboxEncodeNodes(value, "ListNode", "Next")
	case rewardboxIsNode(value.Type(), "Left"):
		return rewardboxEncodeNodes(value, "TreeNode", "Left", "Right")
	case value.IsNil():
		return "null"
	}
	return rewardboxEncode(value.Elem())
}

func rewardboxReal(value float64, bits int) string {
	switch {
	case rewardbox_math.IsNaN(value):
		return "NaN"
	case rewardbox_math.IsInf(value, 1):
		return "Infinity"
	case rewardbox_math.IsInf(value, -1):
		return "-Infinity"
	}
	text := rewardbox_strconv.FormatFloat(value, 'g', -1, bits)
	if !rewardbox_strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

func rewardboxText(text string) string {
	spelt, _ := rewardbox_json.Marshal(text)
	return string(spelt)
}
