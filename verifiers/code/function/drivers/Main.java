// Calls a Java solution once, found by reflection, and tells what came of it. The protocol is that
// of verifiers/code/function/wire.py. Nothing here is believed: it runs beside the solution and may
// be changed by it.

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.*;

public class Main {
  static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

  static class Unfit extends Exception {
    Unfit(String text) {
      super(text);
    }
  }

  static class Missing extends Exception {
    Missing(String name) {
      super(name);
    }
  }

  public static void main(String[] unused) throws Exception {
    String input = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    int line = input.indexOf('\n');
    Runtime runtime = Runtime.getRuntime();
    StringBuilder reply = new StringBuilder("\n").append(input, 0, line);
    answer(input.substring(line + 1), reply);
    System.out.flush();
    System.err.flush();
    try {
      OUT.write(reply.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException error) {
      runtime.halt(1);
    }
    runtime.halt(0);
  }

  static void answer(String text, StringBuilder reply) {
    StringBuilder result = new StringBuilder();
    try {
      Map<?, ?> request = (Map<?, ?>) new Reader(text).value();
      if (request.containsKey("ops")) live(request, result);
      else callOnce(request, result);
      reply.append("{\"result\":").append(result).append('}');
    } catch (Unfit unfit) {
      putText(reply.append("{\"unfit\":"), unfit.getMessage());
      reply.append('}');
    } catch (Missing missing) {
      putText(reply.append("{\"missing\":"), missing.getMessage());
      reply.append('}');
    } catch (Throwable error) {
      Throwable cause = error instanceof InvocationTargetException ? error.getCause() : error;
      cause.printStackTrace();
      reply.append("{\"raised\":[[");
      for (Class<?> each = cause.getClass(); each != Object.class; each = each.getSuperclass()) {
        if (each != cause.getClass()) reply.append(',');
        putText(reply, each.getSimpleName());
      }
      String message = String.valueOf(cause.getMessage());
      putText(reply.append("],"), message.substring(0, Math.min(1000, message.length())));
      reply.append("]}");
    }
  }

  // Calls

  static void callOnce(Map<?, ?> request, StringBuilder out) throws Throwable {
    String name = (String) request.get("name");
    List<?> raw = (List<?>) request.get("args");
    Unfit unfit = null;
    for (Method method : methods((String) request.get("owner"), name)) {
      if (method.getParameterCount() != raw.size()) continue;
      Object[] arguments;
      try {
        arguments = decoded(raw, method);
      } catch (Unfit error) {
        unfit = error;
        continue;
      }
      Object[] given = arguments.clone();
      boolean isStatic = Modifier.isStatic(method.getModifiers());
      Object self = isStatic ? null : made(method.getDeclaringClass());
      Object result = method.invoke(self, arguments);
      Object place = request.get("in_place");
      if (place == null) putAs(out, result, method.getReturnType());
      else putAs(out, given[number(place)], method.getParameterTypes()[number(place)]);
      return;
    }
    throw unfit != null ? unfit : new Unfit(name + " does not take " + raw.size() + " arguments");
  }

  static int number(Object value) {
    return Integer.parseInt(((Number) value).toString());
  }

  static void live(Map<?, ?> request, StringBuilder out) throws Throwable {
    Class<?> type = find((String) request.get("name"));
    if (type == null) throw new Missing((String) request.get("name"));
    List<?> names = (List<?>) request.get("ops");
    List<?> raw = (List<?>) request.get("args");
    Object object = made(type, (List<?>) raw.get(0));
    out.append("[null");
    for (int i = 1; i < names.size(); i++) {
      out.append(',');
      call(object, (String) names.get(i), (List<?>) raw.get(i), out);
    }
    out.append(']');
  }

  static void call(Object object, String name, List<?> raw, StringBuilder out) throws Throwable {
    Unfit unfit = null;
    boolean found = false;
    for (Method method : methodsOf(object.getClass(), name)) {
      found = true;
      if (method.getParameterCount() != raw.size()) continue;
      Object[] arguments;
      try {
        arguments = decoded(raw, method);
      } catch (Unfit error) {
        unfit = error;
        continue;
      }
      putAs(out, method.invoke(object, arguments), method.getReturnType());
      return;
    }
    if (!found) throw new Missing(object.getClass().getSimpleName() + "." + name);
    throw unfit != null ? unfit : new Unfit(name + " does not take " + raw.size() + " arguments");
  }

  static Object made(Class<?> type) throws Throwable {
    return made(type, List.of());
  }

  static Object made(Class<?> type, List<?> raw) throws Throwable {
    Unfit unfit = new Unfit(type.getSimpleName() + " is not made with these arguments");
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (constructor.getParameterCount() != raw.size()) continue;
      try {
        Object[] arguments = decoded(raw, constructor);
        constructor.setAccessible(true);
        return constructor.newInstance(arguments);
      } catch (Unfit error) {
        unfit = error;
      }
    }
    throw unfit;
  }

  static Class<?> find(String name) {
    try {
      return Class.forName("candidate." + name);
    } catch (ClassNotFoundException error) {
      return null;
    }
  }

  /** Methods of that name, of the class that is named or else of the first that has one. */
  static List<Method> methods(String owner, String name) throws Missing {
    List<String> classes = new ArrayList<>();
    classes.add(owner == null ? "Solution" : owner);
    classes.addAll(List.of(candidate.Seen.CLASSES));
    for (String each : classes) {
      Class<?> type = find(each);
      List<Method> found = type == null ? List.of() : methodsOf(type, name);
      if (!found.isEmpty()) return found;
    }
    throw new Missing(owner == null ? name : owner + "." + name);
  }

  static List<Method> methodsOf(Class<?> type, String name) {
    String spelt = candidate.Seen.SPELT.getOrDefault(name, name);
    List<Method> found = new ArrayList<>();
    for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass())
      for (Method method : each.getDeclaredMethods())
        if (method.getName().equals(spelt) && !method.isBridge()) {
          method.setAccessible(true);
          found.add(method);
        }
    return found;
  }

  // Arguments

  static Object[] decoded(List<?> raw, Executable target) throws Throwable {
    Type[] types = target.getGenericParameterTypes();
    Object[] arguments = new Object[raw.size()];
    for (int i = 0; i < arguments.length; i++) arguments[i] = decode(raw.get(i), types[i]);
    return arguments;
  }

  static Object decode(Object value, Type type) throws Throwable {
    Class<?> plain = plain(type);
    if (isNode(plain)) return nodes(value, plain);
    if (value == null && !plain.isPrimitive()) return null;
    if (value instanceof Number) return decodeNumber(value.toString(), plain);
    if (value instanceof Boolean && (plain == boolean.class || plain.isInstance(value)))
      return value;
    if (value instanceof String) return decodeText((String) value, plain);
    if (value instanceof List) return decodeList((List<?>) value, type, plain);
    if (value instanceof Map && plain.isAssignableFrom(LinkedHashMap.class)) {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet())
        map.put(decodeKey((String) entry.getKey(), parameter(type, 0)),
            decode(entry.getValue(), parameter(type, 1)));
      return map;
    }
    throw new Unfit("an argument is no " + type.getTypeName() + ", as the solution has it");
  }

  static Object decodeKey(String key, Type type) throws Throwable {
    return Number.class.isAssignableFrom(plain(type)) ? decodeNumber(key, plain(type)) : key;
  }

  static Object decodeNumber(String text, Class<?> type) throws Unfit {
    try {
      if (type == int.class || type == Integer.class) return exact(text).intValueExact();
      if (type == long.class || type == Long.class) return exact(text).longValueExact();
      if (type == short.class || type == Short.class) return exact(text).shortValueExact();
      if (type == byte.class || type == Byte.class) return exact(text).byteValueExact();
      if (type == double.class || type == Double.class) return Double.parseDouble(text);
      if (type == float.class || type == Float.class) return Float.parseFloat(text);
      if (type == BigInteger.class) return exact(text).toBigIntegerExact();
      if (type == BigDecimal.class) return exact(text);
      if (type.isAssignableFrom(Integer.class)) return natural(text);
    } catch (ArithmeticException | NumberFormatException error) {
      throw new Unfit("an argument is out of the range of " + type.getSimpleName());
    }
    throw new Unfit("a number is no " + type.getSimpleName() + ", as the solution has it");
  }

  static BigDecimal exact(String text) {
    return new BigDecimal(text);
  }

  static Number natural(String text) {
    if (text.matches("-?\\d{1,9}")) return Integer.parseInt(text);
    return text.matches("-?\\d{1,18}") ? Long.parseLong(text) : Double.parseDouble(text);
  }

  static Object decodeText(String text, Class<?> type) throws Unfit {
    boolean single = type == char.class || type == Character.class;
    if (single && text.length() == 1) return text.charAt(0);
    if (!single && type.isInstance(text)) return text;
    if (type == StringBuilder.class) return new StringBuilder(text);
    throw new Unfit("a text is no " + type.getSimpleName() + ", as the solution has it");
  }

  static Object decodeList(List<?> items, Type type, Class<?> plain) throws Throwable {
    if (plain.isArray()) {
      Type item = type instanceof java.lang.reflect.GenericArrayType
          ? ((java.lang.reflect.GenericArrayType) type).getGenericComponentType()
          : plain.getComponentType();
      Object array = Array.newInstance(plain.getComponentType(), items.size());
      for (int i = 0; i < items.size(); i++) Array.set(array, i, decode(items.get(i), item));
      return array;
    }
    for (Collection<Object> made : List.<Collection<Object>>of(
        new ArrayList<>(), new LinkedList<>(), new LinkedHashSet<>(), new TreeSet<>(),
        new ArrayDeque<>(), new PriorityQueue<>(), new Vector<>(), new Stack<>())) {
      if (!plain.isInstance(made)) continue;
      for (Object item : items) made.add(decode(item, parameter(type, 0)));
      return made;
    }
    throw new Unfit("a list is no " + type.getTypeName() + ", as the solution has it");
  }

  static Class<?> plain(Type type) {
    if (type instanceof Class) return (Class<?>) type;
    if (type instanceof ParameterizedType) return plain(((ParameterizedType) type).getRawType());
    if (type instanceof java.lang.reflect.GenericArrayType)
      return Array.newInstance(
          plain(((java.lang.reflect.GenericArrayType) type).getGenericComponentType()), 0)
          .getClass();
    return Object.class;
  }

  static Type parameter(Type type, int number) {
    if (!(type instanceof ParameterizedType)) return Object.class;
    Type[] found = ((ParameterizedType) type).getActualTypeArguments();
    return number < found.length ? found[number] : Object.class;
  }

  // Linked lists and trees

  static boolean isNode(Class<?> type) {
    String name = type.getSimpleName();
    return name.equals("ListNode") || name.equals("TreeNode");
  }

  static Field field(Class<?> type, String name) throws NoSuchFieldException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  static Object node(Class<?> type, Object value) throws Throwable {
    Object plain = decode(value, field(type, "val").getGenericType());
    for (Constructor<?> constructor : type.getDeclaredConstructors())
      if (constructor.getParameterCount() == 1) {
        constructor.setAccessible(true);
        return constructor.newInstance(plain);
      }
    Object node = made(type);
    field(type, "val").set(node, plain);
    return node;
  }

  static Object nodes(Object value, Class<?> type) throws Throwable {
    if (value == null) return null;
    if (!(value instanceof List)) throw new Unfit("a list or tree is given as a list");
    List<?> values = (List<?>) value;
    if (type.getSimpleName().equals("TreeNode")) return tree(values, type);
    Object head = null;
    for (int i = values.size() - 1; i >= 0; i--) {
      Object node = node(type, values.get(i));
      field(type, "next").set(node, head);
      head = node;
    }
    return head;
  }

  static Object tree(List<?> values, Class<?> type) throws Throwable {
    if (values.isEmpty() || values.get(0) == null) return null;
    Iterator<?> rest = values.iterator();
    Object root = node(type, rest.next());
    Deque<Object> parents = new ArrayDeque<>(List.of(root));
    while (!parents.isEmpty()) {
      Object parent = parents.poll();
      for (String side : new String[] {"left", "right"}) {
        Object value = rest.hasNext() ? rest.next() : null;
        if (value == null) continue;
        Object child = node(type, value);
        field(type, side).set(parent, child);
        parents.add(child);
      }
    }
    return root;
  }

  /** The values, without the nulls at the end; null if a node is met twice. */
  static List<Object> valuesOf(Object root) throws Throwable {
    boolean isList = root.getClass().getSimpleName().equals("ListNode");
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Object> values = new ArrayList<>();
    LinkedList<Object> level = new LinkedList<>();
    level.add(root);
    while (!level.isEmpty()) {
      Object node = level.poll();
      values.add(node == null ? null : field(node.getClass(), "val").get(node));
      if (node == null) continue;
      if (!seen.add(node)) return null;
      for (String name : isList ? new String[] {"next"} : new String[] {"left", "right"})
        level.add(field(node.getClass(), name).get(node));
    }
    while (values.get(values.size() - 1) == null) values.remove(values.size() - 1);
    return values;
  }

  // Results

  static void putAs(StringBuilder out, Object value, Class<?> type) throws Throwable {
    if (value == null && isNode(type)) out.append("{\"t\":\"nothing\"}");
    else put(out, value);
  }

  static void put(StringBuilder out, Object value) throws Throwable {
    if (value == null || value instanceof Boolean || isNumber(value)) out.append(value);
    else if (value instanceof CharSequence || value instanceof Character)
      putText(out, value.toString());
    else if (value.getClass().isArray()) putArray(out, value);
    else if (value instanceof Set) {
      putItems(out.append("{\"t\":\"set\",\"v\":"), (Set<?>) value);
      out.append('}');
    } else if (value instanceof Collection) putItems(out, (Collection<?>) value);
    else if (value instanceof Map) putMap(out, (Map<?, ?>) value);
    else if (isNode(value.getClass())) putNodes(out, value);
    else {
      putText(out.append("{\"t\":"), value.getClass().getSimpleName());
      out.append('}');
    }
  }

  static boolean isNumber(Object value) {
    return value instanceof Number && value.getClass().getName().startsWith("java.");
  }

  static void putArray(StringBuilder out, Object array) throws Throwable {
    out.append('[');
    for (int i = 0; i < Array.getLength(array); i++) {
      if (i > 0) out.append(',');
      put(out, Array.get(array, i));
    }
    out.append(']');
  }

  static void putItems(StringBuilder out, Collection<?> items) throws Throwable {
    putArray(out, items.toArray());
  }

  static void putMap(StringBuilder out, Map<?, ?> map) throws Throwable {
    out.append("{\"o\":[");
    boolean first = true;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(first ? "[" : ",[");
      first = false;
      put(out, entry.getKey());
      put(out.append(','), entry.getValue());
      out.append(']');
    }
    out.append("]}");
  }

  static void putNodes(StringBuilder out, Object root) throws Throwable {
    String name = root.getClass().getSimpleName();
    List<Object> values = valuesOf(root);
    if (values == null) out.append("{\"t\":\"" + name + " that is met twice\"}");
    else {
      putItems(out.append("{\"t\":\"" + name + "\",\"v\":"), values);
      out.append('}');
    }
  }

  static void putText(StringBuilder out, String text) {
    out.append('"');
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') out.append('\\').append(c);
      else if (c < 0x20 || c > 0x7e) out.append(String.format("\\u%04x", (int) c));
      else out.append(c);
    }
    out.append('"');
  }

  /** Reads JSON: numbers as BigDecimal spelt as they are, objects as maps. */
  static class Reader {
    final String text;
    int at = 0;

    Reader(String text) {
      this.text = text;
    }

    char next() {
      while (text.charAt(at) == ' ') at++;
      return text.charAt(at);
    }

    Object value() {
      switch (next()) {
        case '[':
          List<Object> items = new ArrayList<>();
          for (at++; next() != ']';) {
            items.add(value());
            if (next() == ',') at++;
          }
          at++;
          return items;
        case '{':
          Map<String, Object> object = new LinkedHashMap<>();
          for (at++; next() != '}';) {
            String key = string();
            next();
            at++;
            object.put(key, value());
            if (next() == ',') at++;
          }
          at++;
          return object;
        case '"':
          return string();
        default:
          return word();
      }
    }

    Object word() {
      int start = at;
      while (at < text.length() && ",]} ".indexOf(text.charAt(at)) < 0) at++;
      String word = text.substring(start, at);
      switch (word) {
        case "null":
          return null;
        case "true":
        case "false":
          return Boolean.valueOf(word);
        default:
          return new Spelt(word);
      }
    }

    String string() {
      StringBuilder out = new StringBuilder();
      next();
      for (at++; text.charAt(at) != '"'; at++) {
        char c = text.charAt(at);
        if (c != '\\') {
          out.append(c);
          continue;
        }
        c = text.charAt(++at);
        int simple = "nrtbf".indexOf(c);
        if (c == 'u') {
          out.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
          at += 4;
        } else out.append(simple < 0 ? c : "\n\r\t\b\f".charAt(simple));
      }
      at++;
      return out.toString();
    }
  }

  /** A number as it is spelt. */
  static class Spelt extends Number {
    final String text;

    Spelt(String text) {
      this.text = text;
    }

    public String toString() {
      return text;
    }

    public int intValue() {
      return exact(text).intValue();
    }

    public long longValue() {
      return exact(text).longValue();
    }

    public float floatValue() {
      return Float.parseFloat(text);
    }

    public double doubleValue() {
      return Double.parseDouble(text);
    }
  }
}
