// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a source tree holds: sources, and what a build has left among them.
 *
 * @param tree the tree
 * @param sources the sources' sizes and times by their paths, relative to the tree
 * @param products files and folders that builds make, relative to the tree
 */
record TreeListing(Path tree, TreeMap<Path, String> sources, Set<Path> products) {
  private static final Pattern SOURCE =
      Pattern.compile(".*\\.[chS]|(.*/)?Makefile|(.*/)?Kbuild.*|(.*/)?Kconfig.*");
  private static final Pattern PRODUCT =
      Pattern.compile(
          ".*\\.(o|a|s|i|ko|mod|order|symvers|dwo|cmd|lex\\.c|tab\\.[ch]|mod\\.c|builtin|modinfo)"
              + "|\\.config.*|\\.version|\\.tmp_.*|\\.missing-syscalls\\.d|vmlinux.*|System\\.map"
              + "|modules\\..*|\\.vmlinux.*");
  private static final Pattern MADE_FOLDER =
      Pattern.compile("include/config|include/generated|arch/[^/]+/include/generated");
  private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

  static TreeListing of(Path tree) throws IOException {
    TreeListing listing = new TreeListing(tree, new TreeMap<>(), new TreeSet<>());
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return listing.folder(tree.relativize(folder))
                ? FileVisitResult.CONTINUE
                : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            listing.file(file, tree.relativize(file), attributes);
            return FileVisitResult.CONTINUE;
          }
        });
    return listing;
  }

  private boolean folder(Path folder) {
    if (MADE_FOLDER.matcher(folder.toString()).matches()) {
      products.add(folder);
      return false;
    }
    return folder.toString().isEmpty() || !folder.getFileName().toString().startsWith(".");
  }

  private void file(Path file, Path name, BasicFileAttributes attributes) throws IOException {
    if (!attributes.isRegularFile()) {
      return;
    }
    String last = name.getFileName().toString();
    if (PRODUCT.matcher(last).matches() || !last.contains(".") && program(file)) {
      products.add(name);
    } else if (SOURCE.matcher(name.toString()).matches()) {
      sources.put(name, attributes.size() + " " + attributes.lastModifiedTime().toMillis());
    }
  }

  private static boolean program(Path file) throws IOException {
    if (!Files.isExecutable(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return java.util.Arrays.equals(in.readNBytes(ELF.length), ELF);
    }
  }

  /** Returns whether kbuild refuses the tree as the source of a build elsewhere. */
  boolean builtIn() {
    return products.contains(Path.of(".config"))
        || products.stream().anyMatch(p -> MADE_FOLDER.matcher(p.toString()).matches());
  }

  /** Returns a text that changes when any source does. */
  String state() {
    StringBuilder all = new StringBuilder();
    sources.forEach((name, state) -> all.append(name).append(' ').append(state).append('\n'));
    return all.toString();
  }

  /**
   * Makes a view of the tree as it was before anything was built in it, out of symbolic links.
   *
   * @param view a folder that does not exist
   */
  void link(Path view) throws IOException {
    Set<Path> mixed = new HashSet<>();
    for (Path product : products) {
      for (Path above = product.getParent(); above != null; above = above.getParent()) {
        mixed.add(above);
      }
    }
    link(Path.of(""), view, mixed);
  }

  private void link(Path folder, Path view, Set<Path> mixed) throws IOException {
    Files.createDirectory(view);
    List<Path> children;
    try (Stream<Path> found = Files.list(tree.resolve(folder))) {
      children = found.map(tree::relativize).toList();
    }
    for (Path child : children) {
      Path original = tree.resolve(child);
      Path place = view.resolve(child.getFileName());
      boolean isFolder = Files.isDirectory(original, LinkOption.NOFOLLOW_LINKS);
      if (products.contains(child) || isFolder && child.getFileName().toString().startsWith(".")) {
        continue;
      }
      if (isFolder && mixed.contains(child)) {
        link(child, place, mixed);
      } else {
        Files.createSymbolicLink(place, original);
      }
    }
  }
}
