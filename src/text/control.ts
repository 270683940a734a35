/** Control characters and others that change how a line is shown: a value with one could add a line to a file of the guest. */
export const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff\ufffe\uffff]/u;
