;;; Emacs in batch mode, with a block of README.md loaded before; CLIENT is eglot or lsp-mode.  -*- lexical-binding: t -*-

(require 'cl-lib)
(require 'python)

(defconst patience 60)

(defun soon (what probe)
  "Wait until PROBE gives something; WHAT it is."
  (let ((deadline (+ (float-time) patience)) found)
    (while (not (or (setq found (funcall probe)) (> (float-time) deadline)))
      (accept-process-output nil 0.05)
      (sit-for 0.01))
    (or found (error "In vain: %s; %s" what (with-current-buffer "*Messages*" (buffer-string))))))

(defun play (what action)
  "Do ACTION, and say WHAT worked."
  (condition-case why
      (progn (funcall action) (princ (format "ok    %s\n" what)))
    (error (princ (format "FAIL  %s\n%S\n" what why)) (kill-emacs 1))))

(defun failing-lines ()
  "The lines of the current buffer that carry a diagnostic."
  (if (bound-and-true-p eglot--managed-mode)
      (mapcar (lambda (it) (line-number-at-pos (flymake-diagnostic-beg it))) (flymake-diagnostics))
    (mapcar (lambda (it) (1+ (gethash "line" (gethash "start" (gethash "range" it)))))
            (gethash (lsp--fix-path-casing buffer-file-name) (lsp-diagnostics)))))

(defun line-of (text)
  "The line that holds TEXT."
  (save-excursion (goto-char (point-min)) (search-forward text) (line-number-at-pos)))

(defun mend ()
  "Mend a failing test, and go to it."
  (goto-char (point-min))
  (search-forward "77.20")
  (replace-match "77.22")
  (save-buffer)
  (search-backward "def test_total_with_tax")
  (search-forward "test_total"))

(defun start-eglot ()
  (require 'eglot)
  (add-hook 'eglot-managed-mode-hook #'flymake-mode)
  (apply #'eglot (eglot--guess-contact))
  (soon "a server" #'eglot-current-server))

(defun start-lsp-mode ()
  (require 'lsp-mode)
  (setq lsp-auto-guess-root t lsp-enable-snippet nil)
  (lsp)
  (soon "a server" (lambda () (cl-some (lambda (it) (eq 'initialized (lsp--workspace-status it))) (lsp-workspaces)))))

(defun action-eglot ()
  (let ((all (eglot-code-actions (point) nil nil nil)))
    (eglot-execute (eglot-current-server)
                   (cl-find-if (lambda (it) (string-match-p "Run .*test_total_with_tax" (plist-get it :title))) all))))

(defun lens-lsp-mode ()
  (let* ((all (lsp-request "textDocument/codeLens" (list :textDocument (lsp--text-document-identifier))))
         (line (1- (line-number-at-pos)))
         (lens (cl-find-if (lambda (it)
                             (and (= line (lsp-get (lsp-get (lsp-get it :range) :start) :line))
                                  (string-match-p "Run" (lsp-get (lsp-get it :command) :title))))
                           all)))
    (lsp--execute-command (lsp-get lens :command))))

(defun drive (client)
  (let ((failing nil))
    (find-file "tests/test_orders.py")
    (play "a server starts" (if (eq client 'eglot) #'start-eglot #'start-lsp-mode))
    (setq failing (line-of "assert total == Decimal"))
    (play "a command runs all, and the failing line is marked"
          (lambda ()
            (testdock "runAll")
            (soon "a diagnostic" (lambda () (memq failing (failing-lines))))))
    (play (if (eq client 'eglot) "a code action runs a test that was mended" "a lens runs a test that was mended")
          (lambda ()
            (mend)
            (if (eq client 'eglot) (action-eglot) (lens-lsp-mode))
            (soon "no diagnostic" (lambda () (not (memq failing (failing-lines)))))))
    (kill-emacs 0)))
