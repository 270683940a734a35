/** Control characters and others that change how a line is shown. A value with such a character could add a line to a file in the guest. */
export const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff\ufffe\uffff]/u;
