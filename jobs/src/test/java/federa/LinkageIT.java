package federa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.apache.xbean.asm9.ClassReader;
import org.apache.xbean.asm9.ClassVisitor;
import org.apache.xbean.asm9.FieldVisitor;
import org.apache.xbean.asm9.MethodVisitor;
import org.apache.xbean.asm9.Opcodes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every class, method and field that the packaged jar refers to is there, in a JVM that has a distribution's jars of Spark
 * before it, as spark-submit makes one. Tests on Maven's class path cannot see that, as it has a version of each library
 * that suits our code.
 */
class LinkageIT {

    private static final Path JAR = Path.of("target/federa.jar");
    private static final Path SPARK = Path.of("spark/target/jars");

    /** What DJL and Delta refer to in classes that this project never has loaded, and a distribution does not have. */
    private static final Map<String, String> UNUSED = Map.of(
            "ai/djl/util/TarUtils", "org/apache/commons/compress/.*", // archives of models that DJL downloads
            "io/delta/dynamodbcommitcoordinator/.*", "com/amazonaws/.*", // another way of writing to S3
            "io/delta/storage/internal/S3LogStoreUtil",
                    "(com/amazonaws|org/apache/hadoop/fs/s3a)/.*"); // with hadoop-aws

    private static final int FIELD = 9;
    private static final int METHOD = 10;
    private static final int INTERFACE_METHOD = 11;
    private static final int CLASS = 7;

    private static final Map<String, JarFile> HOMES = new HashMap<>();
    private static final Set<String> OURS = new TreeSet<>();
    private static final Set<String> TWICE = new TreeSet<>();
    private static final List<JarFile> OPEN = new ArrayList<>();

    private final Map<String, Members> known = new HashMap<>();

    /** What a class declares: names with their descriptors, and where to look for the rest. */
    private record Members(Set<String> declared, List<String> parents, boolean polymorphic) {}

    @BeforeAll
    static void index() throws IOException {
        try (Stream<Path> jars = Files.list(SPARK)) {
            for (Path jar : jars.sorted().toList()) {
                index(jar);
            }
        }
        Set<String> sparks = Set.copyOf(HOMES.keySet());
        for (String name : index(JAR)) {
            OURS.add(name);
            if (sparks.contains(name)) {
                TWICE.add(name);
            }
        }
    }

    @AfterAll
    static void close() throws IOException {
        for (JarFile jar : OPEN) {
            jar.close();
        }
    }

    @Test
    void whatTheJarRefersToIsInADistributionOrInTheJar() {
        Set<String> missing = new TreeSet<>();
        for (String name : OURS) {
            collectMissing(name, missing);
        }
        assertThat(OURS).as("classes that were checked").hasSizeGreaterThan(1000);
        assertThat(missing).isEmpty();
    }

    @Test
    void theJarHasNoClassThatADistributionHasToo() {
        assertThat(TWICE).isEmpty();
    }

    private static Set<String> index(Path path) throws IOException {
        JarFile jar = new JarFile(path.toFile());
        OPEN.add(jar);
        Set<String> names = new HashSet<>();
        jar.stream()
                .map(JarEntry::getName)
                .filter(name -> name.endsWith(".class"))
                .forEach(name -> {
                    String type = name.substring(0, name.length() - ".class".length());
                    names.add(type);
                    HOMES.putIfAbsent(type, jar);
                });
        return names;
    }

    private void collectMissing(String name, Set<String> missing) {
        ClassReader reader = read(name);
        char[] buffer = new char[reader.getMaxStringLength()];
        for (int i = 1; i < reader.getItemCount(); i++) {
            int item = reader.getItem(i);
            int tag = item == 0 ? 0 : reader.readByte(item - 1);
            if (tag == CLASS) {
                String type = element(reader.readUTF8(item, buffer));
                if (!type.isEmpty() && !isUnused(name, type) && members(type) == null) {
                    missing.add("%s: class %s".formatted(name, type));
                }
            } else if (tag == FIELD || tag == METHOD || tag == INTERFACE_METHOD) {
                String type = reader.readClass(item, buffer);
                int pair = reader.getItem(reader.readUnsignedShort(item + 2));
                String member = reader.readUTF8(pair, buffer) + " " + reader.readUTF8(pair + 2, buffer);
                if (!type.startsWith("[") && !isUnused(name, type) && members(type) != null && !has(type, member)) {
                    missing.add("%s: %s.%s".formatted(name, type, member));
                }
            }
        }
    }

    private static boolean isUnused(String from, String type) {
        return UNUSED.entrySet().stream()
                .anyMatch(known -> from.matches(known.getKey()) && type.matches(known.getValue()));
    }

    /** The class of an array's elements, or nothing for those of a primitive type. */
    private static String element(String type) {
        if (!type.startsWith("[")) {
            return type;
        }
        String component = type.substring(type.lastIndexOf('[') + 1);
        return component.startsWith("L") ? component.substring(1, component.length() - 1) : "";
    }

    private boolean has(String type, String member) {
        Members members = members(type);
        return members != null
                && (members.polymorphic()
                        || members.declared().contains(member)
                        || members.parents().stream().anyMatch(parent -> has(parent, member)));
    }

    private Members members(String type) {
        if (!known.containsKey(type)) {
            ClassReader reader = read(type);
            known.put(type, reader == null ? null : membersOf(reader));
        }
        return known.get(type);
    }

    private static Members membersOf(ClassReader reader) {
        Set<String> declared = new HashSet<>();
        reader.accept(
                new ClassVisitor(Opcodes.ASM9) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String type, String generic, String[] of) {
                        declared.add(name + " " + type);
                        return null;
                    }

                    @Override
                    public FieldVisitor visitField(int access, String name, String type, String generic, Object value) {
                        declared.add(name + " " + type);
                        return null;
                    }
                },
                ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG);
        List<String> parents = new ArrayList<>(List.of(reader.getInterfaces()));
        parents.add(reader.getSuperName() == null ? "java/lang/Object" : reader.getSuperName());
        parents.remove(reader.getClassName());
        // Its methods take and return whatever a call says.
        boolean polymorphic = reader.getClassName().matches("java/lang/invoke/(MethodHandle|VarHandle)");
        return new Members(declared, parents, polymorphic);
    }

    /** The class as the JVM would find it: the JDK's, Spark's, ours; null if nobody has it. */
    private static ClassReader read(String type) {
        String file = type + ".class";
        JarFile home = HOMES.get(type);
        try (InputStream in = home == null
                ? ClassLoader.getPlatformClassLoader().getResourceAsStream(file)
                : home.getInputStream(home.getEntry(file))) {
            return in == null ? null : new ClassReader(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
