package federa.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFilesTest {

    @TempDir
    java.nio.file.Path directory;

    @Test
    void whatItMakesHasTheModeThatHadoopGivesIt() throws IOException {
        assertThat(modes(new LocalFiles(), "ours"))
                .hasSize(9)
                .containsEntry("secret", 0600)
                .containsEntry("shared", 01777)
                .isEqualTo(modes(new LocalFileSystem(), "hadoop"));
    }

    /** The modes of files, their checksums and directories by their names, made in all ways that take a permission. */
    private Map<String, Integer> modes(FileSystem files, String name) throws IOException {
        Configuration hadoop = new Configuration(false);
        hadoop.set("fs.permissions.umask-mode", "027");
        files.initialize(URI.create("file:///"), hadoop);
        Path root = new Path(directory.resolve(name).toString());
        files.create(new Path(root, "made/with/file")).close();
        files.create(new Path(root, "secret")).close();
        files.setPermission(new Path(root, "secret"), new FsPermission((short) 0600));
        files.mkdirs(new Path(root, "open"), new FsPermission((short) 0777));
        files.mkdirs(new Path(root, "shared"));
        files.setPermission(new Path(root, "shared"), new FsPermission((short) 01777));
        FileSystem.mkdirs(files, new Path(root, "exact"), new FsPermission((short) 0711));

        Map<String, Integer> modes = new TreeMap<>();
        try (Stream<java.nio.file.Path> made = Files.walk(directory.resolve(name))) {
            for (java.nio.file.Path path : made.skip(1).toList()) {
                int mode = (int) Files.getAttribute(path, "unix:mode");
                modes.put(directory.resolve(name).relativize(path).toString(), mode & 07777);
            }
        }
        return modes;
    }
}
