// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.libc;

/** Linux' error numbers on x86-64, those that the runtime tells apart. */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ENOEXEC = 8;
  public static final int EACCES = 13;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int EINVAL = 22;
  public static final int ENOTTY = 25;
  public static final int EILSEQ = 84;
  public static final int EOPNOTSUPP = 95;
  public static final int ESTALE = 116;
  public static final int EKEYREJECTED = 129;

  private Errno() {}

  /** Returns a few words for an error number. */
  public static String text(int errno) {
    return switch (errno) {
      case EPERM -> "operation not permitted";
      case ENOENT -> "no such thing";
      case ENOEXEC -> "not a module of this kernel";
      case EACCES -> "permission denied";
      case EBUSY -> "busy";
      case EEXIST -> "exists already";
      case EINVAL -> "invalid argument";
      case ENOTTY -> "unknown request";
      case EILSEQ -> "the kernel forbids a probe there";
      case EOPNOTSUPP -> "not supported";
      case ESTALE -> "changed in between";
      case EKEYREJECTED -> "the signature was rejected";
      default -> "error " + errno;
    };
  }
}
